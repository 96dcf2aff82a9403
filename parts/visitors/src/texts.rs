//! The words of residents' sign-in.

web::texts! {
    /// Words of residents' sign-in.
    pub(crate) VisitorTexts;
    title: "用手机号登录", "Sign in with your telephone";
    lead: "登录后可以看到用这个号码反映的事。不登录也能反映和查询，用收据就行。", "Once signed in you see what you raised with this number. You need not sign in: a receipt is enough to raise a concern and to follow it.";
    off: "这里没有开通短信登录，请用收据查询", "Signing in by text message is not available here. Please use your receipt";
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
    kept: "居民登录用的手机号", "Numbers with which residents sign in";
    kept_purpose: "本人登录后查看自己的诉求", "To let residents see what is theirs";
    kept_code: "登录验证码的发送记录", "Codes that were sent";
    kept_code_purpose: "限制发送次数，防止被人冒用", "To limit how many are sent, and to keep others out";
}
