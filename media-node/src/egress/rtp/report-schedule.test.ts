// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { ReportSchedule } from "./report-schedule.ts";

test("the first reports come at once and close together, then one a second", () => {
  const schedule = new ReportSchedule();
  const sent: number[] = [];
  for (let now = 5_000; now <= 9_600; now += 20) if (schedule.takeDue(now)) sent.push(now - 5_000);
  expect(sent).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500]);
});
