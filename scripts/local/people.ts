import { ROLES, type Role, type User } from "../../lib/domain/authorisation.ts";

/** One person for every role, for trying the system out. */
export const people: Readonly<Record<Role, Omit<User, "role">>> = {
  brand: { sub: "usr_mei_brand", tenant: "brd_00000000000000000000000001" },
  attester: { sub: "usr_lin_attester", tenant: "tmall" },
  reviewer: { sub: "usr_wei_reviewer", tenant: "wechat" },
  operator: { sub: "usr_chen_operator", tenant: "wechat" },
  feed: { sub: "svc_moments_feed", tenant: "wechat" },
  auditor: { sub: "usr_zhao_auditor", tenant: "*" },
};

export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name);
}
