// The rounds of an issue before the present one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { earlierRounds, isSettled } from "../../static/tablet/rounds.js";

const line = (kind, round, note) => ({ kind: `issue:${kind}`, round, note });

test("each round before the present one has its measure and why that was not enough", () => {
  const history = [
    line("recorded", 1),
    line("accepted", 1, "补涂防水"),
    line("progressed", 1, "已断水"),
    line("rectified", 1, "已补涂"),
    line("owner_dissatisfied", 2, "两天后又滴水"),
    line("accepted", 2, "注浆，重做防水"),
    line("owner_dissatisfied", 3, "颜色不一致"),
  ];

  const rounds = earlierRounds({ round: 3, history });

  assert.deepEqual(rounds, [
    { round: 1, measure: "补涂防水", reason: "两天后又滴水" },
    { round: 2, measure: "注浆，重做防水", reason: "颜色不一致" },
  ]);
});

test("an owner who objects to an end says why the round before was not enough", () => {
  const history = [
    line("accepted", 1, "补涂防水"),
    line("closed_unsatisfied", 1, "业主不再追究"),
    line("owner_objected", 2, "又开始滴水"),
  ];

  assert.deepEqual(earlierRounds({ round: 2, history }), [{ round: 1, measure: "补涂防水", reason: "又开始滴水" }]);
});

test("an issue in its first round has none before it, nor has one whose history tells nothing", () => {
  assert.deepEqual(earlierRounds({ round: 1, history: [line("accepted", 1, "补涂防水")] }), []);
  assert.deepEqual(earlierRounds({ round: 2, history: [] }), []);
});

test("what a department settled for an earlier round does not stand for the present one", () => {
  const states = ["reported", "routed", "disputed", "accepted", "deferred", "rectified", "explained", "closed"];

  const settled = states.filter((state) => isSettled({ state }));

  assert.deepEqual(settled, ["accepted", "deferred", "rectified", "explained", "closed"]);
});
