//! The words of residents' sign-in.

web::texts! {
    /// Words of residents' sign-in.
    pub(crate) VisitorTexts;
    title: "居民登录", "Sign in";
    lead: "登录后可以看到自己反映的事。不登录也能反映和查询，用回执就行。", "Once signed in you see what you raised. You need not sign in: a receipt is enough to raise a concern and to follow it.";
    off: "这里没有开通居民登录，请用回执查询", "Signing in is not available here. Please use your receipt";
    phone: "手机号", "Mobile number";
    phone_hint: "号码加密保存，只用来登录", "The number is stored encrypted and used for signing in only";
    phone_missing: "请填写手机号", "Please enter a number";
    phone_landline: "请填写手机号，座机收不到短信", "Please enter a mobile number: landlines get no text messages";
    send: "发送验证码", "Send a code";
    code_title: "输入验证码", "Enter the code";
    code_lead: "验证码已发到您的手机，{n} 分钟内有效。一分钟内只发一条，一天最多五条。", "A code was sent to your telephone. It is good for {n} minutes. One a minute is sent, five a day at most.";
    code: "6 位验证码", "The 6 digits";
    code_wrong: "验证码不对或已失效。每条最多试 5 次，可以重新发送。", "The code is wrong or over. Each can be tried 5 times; you can have another sent.";
    enter: "登录", "Sign in";
    again: "重新发送", "Send another";
    told: "登录验证码", "A code to sign in";
    message: "【{district}】登录验证码 {code}，{n} 分钟内有效。工作人员不会向您要验证码。", "[{district}] Your code is {code}, good for {n} minutes. Nobody of the staff will ask you for it.";
    kept: "居民登录用的手机号和统一认证身份摘要", "Numbers, and digests of identities elsewhere, with which residents sign in";
    kept_purpose: "本人登录后查看自己的诉求", "To let residents see what is theirs";
    outside: "用“{name}”登录", "Sign in through {name}";
    outside_lead: "只记下身份的摘要，不取姓名、身份证号、电话。这样登录看到的是您用回执加进来的事。", "Only a digest of that identity is kept; neither name nor numbers are asked for. Signed in this way, you see what you added by its receipt.";
    outside_failed: "“{name}”没有完成登录，请再试一次", "{name} did not finish; please try again";
    link_title: "统一认证登录", "Sign-in through another account";
    link_lead: "绑定后，用“{name}”登录和用手机号登录看到的是同一份清单。只记下身份的摘要。", "Once linked, signing in through {name} opens the same list as your telephone does. Only a digest of that identity is kept.";
    link_since: "{when} 绑定", "Linked {when}";
    link: "绑定“{name}”", "Link {name}";
    link_going: "接下来到“{name}”登录一次，回来就绑定好了", "Sign in once at {name}; when you come back, it is linked";
    link_go: "前往“{name}”", "Go to {name}";
    link_done: "已绑定", "Linked";
    link_taken: "这个身份已经单独登录过。请先用它登录并注销，再来绑定。", "That identity has signed in by itself before. Sign in with it and erase that sign-in first, then link it.";
    unlink: "解除绑定", "Unlink";
    unlinked: "已解除绑定", "Unlinked";
    only_way: "您没有登记手机号，只能这样登录。不想再用时，可以在“我的诉求”里注销登录。", "This is your only way in, since no number was proved. To stop using it, erase the sign-in under “My concerns”.";
    mine: "我的诉求", "My concerns";
    kept_code: "登录验证码的发送记录", "Codes that were sent";
    kept_code_purpose: "限制发送次数，防止被人冒用", "To limit how many are sent, and to keep others out";
}
