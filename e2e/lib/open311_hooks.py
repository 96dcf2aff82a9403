# Hooks for schemathesis: every second request that would be made names a service that is there and a place, so that it is
# taken in and what follows from it is tested as well.

import schemathesis


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict) or context.operation.label != "POST /v2/requests.{format}":
        return body
    if len(str(body.get("description", ""))) % 2 == 0:
        return body
    whole = {"service_code": "general", "address_string": "东门", "description": "路灯不亮：" + str(body.get("description", ""))[:200]}
    for name in ("attribute[confidential]", "attribute[publish]"):
        if body.get(name) in ("yes", "no"):
            whole[name] = body[name]
    return whole
