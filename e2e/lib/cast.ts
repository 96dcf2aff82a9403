// Who takes part: people of one town and one of its communities, a department, and a caller. The page of
// roles offers people from all over the district; those who belong together are looked up as the
// system administrator would.

import { type APIRequestContext, request } from "@playwright/test";

export interface Member {
  person: string;
  name: string;
  /** The unit where they sit. */
  unit: string;
}

export interface Cast {
  /** The town's desk and one of its staff. */
  desk: Member;
  town: Member;
  /** Staff of a community of that town. */
  community: Member;
  /** Staff of a department that the concern is sent to by mistake, and of one that never hears of it. */
  department: Member;
  stranger: Member;
  /** Whoever calls residents back. */
  caller: Member;
}

const LINK = /<a href="\/admin\/(?:units\?unit=|people\/)([0-9a-f]{32})">([^<]+)<\/a>/g;

class Registry {
  private readonly http: APIRequestContext;

  constructor(http: APIRequestContext) {
    this.http = http;
  }

  private async get(path: string): Promise<string> {
    const answer = await this.http.get(path);
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
    return answer.text();
  }

  /** The units below, by name. */
  async below(unit = ""): Promise<Map<string, string>> {
    const page = await this.get(unit ? `/admin/units?unit=${unit}` : "/admin/units");
    const list = page.split("<section").find((part) => part.includes("/admin/units?unit=") && part.includes('class="tag"')) ?? "";
    return new Map([...list.matchAll(LINK)].map(([, id, name]) => [name ?? "", id ?? ""]));
  }

  /** Who holds a role in a unit. */
  async holder(unit: string, name: string, role: string): Promise<Member> {
    const page = await this.get(`/admin/units?unit=${unit}`);
    const post = page.split("<li>").find((row) => row.includes(`>${role}</span>`));
    const [found] = [...(post ?? "").matchAll(LINK)];
    if (!found) throw new Error(`nobody is ${role} in ${name}`);
    return { person: found[1] ?? "", name: found[2] ?? "", unit: name };
  }
}

/** Looks the people up in a district that is served at the address. */
export async function cast(address: string): Promise<Cast> {
  const http = await request.newContext({ baseURL: address, extraHTTPHeaders: { origin: address, "accept-language": "zh-CN" } });
  try {
    const roles = await (await http.get("/demo")).text();
    const person = /value="([0-9a-f]{32})"[^>]*>(?:<span[^>]*>)?<strong>系统管理员[ <]/.exec(roles)?.[1];
    if (!person) throw new Error("the page of roles offers no system administrator");
    await http.post("/demo", { form: { person } });

    const registry = new Registry(http);
    const units = await registry.below();
    const named = (pattern: RegExp) => {
      const found = [...units].find(([name]) => pattern.test(name));
      if (!found) throw new Error(`no unit is called ${pattern}`);
      return found;
    };
    const [town, townId] = named(/街道$/);
    const [community, communityId] = [...(await registry.below(townId))].find(([name]) => name.endsWith("社区")) ?? ["", ""];
    const [water, waterId] = named(/水务局$/);
    const [health, healthId] = named(/卫生健康局$/);
    const [calls, callsId] = named(/回访中心$/);
    return {
      desk: await registry.holder(townId, town, "镇街受理台"),
      town: await registry.holder(townId, town, "镇街干部"),
      community: await registry.holder(communityId, community, "社区工作者"),
      department: await registry.holder(waterId, water, "部门干部"),
      stranger: await registry.holder(healthId, health, "部门干部"),
      caller: await registry.holder(callsId, calls, "回访员"),
    };
  } finally {
    await http.dispose();
  }
}
