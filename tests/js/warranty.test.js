// Whom a matter goes to, by the day on which it is raised: held to the same rows as the office, since the owner signs it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { covered, departmentFor } from "../../static/tablet/warranty.js";
import { anEstate, anOffice, aSignedVisit, aUnit, ESTATE, enrolled, UNIT } from "./support/tablet.js";

const { rows } = JSON.parse(readFileSync(new URL("../vectors/warranty.json", import.meta.url), "utf8"));
const repairs = { id: "repairs", name: { zh: "工程维修部", en: "Repairs" } };
const developer = { id: "developer", name: { zh: "地产公司工程部", en: "Developer's Engineering" } };
const leak = {
  code: "leak",
  name: { zh: "渗漏", en: "Leaks" },
  icon: "droplet",
  department: repairs,
  warranty: { part: "waterproofing", department: developer },
};
const within = { profile: "A", handoverOn: "2023-03-01", raisedOn: "2026-11-23" };

for (const [profile, part, handoverOn, byHand, raisedOn, expected] of rows) {
  test(`${profile} ${part || "no part"}, handed over ${handoverOn || "on no known day"}, raised ${raisedOn}: ${expected || "no date decides"}`, () => {
    const written = byHand ? { [part]: byHand } : undefined;

    assert.equal(covered({ profile, part, handoverOn, byHand: written, raisedOn }), expected);
  });
}

test("within the warranty it goes to the developer, after it and without a unit to its category's department", () => {
  assert.equal(departmentFor([leak], within), developer);
  assert.equal(departmentFor([leak], { ...within, raisedOn: "2028-03-02" }), repairs);
  assert.equal(departmentFor([leak], { ...within, handoverOn: undefined }), repairs);
  assert.equal(departmentFor([leak]), repairs);
});

test("a leaf has its group's warranty unless it has its own, and its category's department where the liable one is closed", () => {
  const leaf = { code: "bath", name: leak.name, icon: "bath" };
  const pipes = { ...leaf, warranty: { part: "pipes", department: developer } };

  assert.equal(departmentFor([leak, leaf], within), developer);
  assert.equal(departmentFor([leak, pipes], within), repairs);
  assert.equal(departmentFor([{ ...leak, warranty: { part: "waterproofing" } }], within), repairs);
});

test("what the owner signs names the department that is liable on the day of the visit", async () => {
  const office = await anOffice();
  office.put("estate", ESTATE, ESTATE, anEstate({ categories: [leak] }));
  for (const [handover_on, expected] of [
    ["2023-03-01", "地产公司工程部"],
    ["2021-11-22", "工程维修部"],
  ]) {
    office.put("unit", UNIT, ESTATE, aUnit({ handover_on }));
    const engine = await enrolled(office);
    const draft = await aSignedVisit(engine, {
      change: (one) => Object.assign(one.issues[0], { category: "leak" }),
    });

    assert.equal(JSON.parse(draft.signing.text).issues[0].department, expected);
    await engine.close();
  }
});
