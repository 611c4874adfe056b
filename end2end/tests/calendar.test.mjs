// The calendar of my day: the viewer's to-dos in a month and in a week, carried to other days.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp, still } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const WEEK = "/my-day/calendar?view=week";
const calendar = page => page.getByRole("region", { name: "Calendar" });
const today = page => calendar(page).locator("[data-day][data-today]");
const day = (page, iso) => calendar(page).locator(`[data-day="${iso}"]`);
const todos = within => within.locator("[data-todo]");
const shown = async within => todos(within).evaluateAll(all => all.map(todo => todo.dataset.todo));
const middle = box => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** The next week's page, whose days all take to-dos, with one on its Monday; answers the days and the to-do. */
async function nextWeek(options) {
    const page = await app.open("/my-day/calendar?view=week", options);
    await page.getByRole("link", { name: "Next week" }).click();
    await page.waitForURL(/from=/);
    await becomes(() => today(page).count(), 0);
    const days = await calendar(page).locator("[data-day]").evaluateAll(all => all.map(element => element.dataset.day));
    assert.equal(days.length, 7);
    let from;
    for (const iso of days) {
        if (!from && (await todos(day(page, iso)).count()) > 0) from = iso;
    }
    assert.ok(from, "a to-do in the next week");
    const id = (await shown(day(page, from)))[0];
    return { page, days, from, id };
}

test("the views are reached from my day, and say what they show", async () => {
    const page = await app.open("/my-day");
    const views = page.getByRole("navigation", { name: "View" });
    await views.getByRole("link", { name: "Week" }).click();
    await page.waitForURL(/\/my-day\/calendar\?view=week/);
    await calendar(page).waitFor();
    await becomes(() => calendar(page).getByRole("heading", { level: 2 }).count(), 7);
    await becomes(() => today(page).count(), 1);
    assert.equal(await today(page).getByRole("link", { name: /to-dos: \d/ }).getAttribute("aria-current"), "date");
    const weekdays = await calendar(page).locator("[data-day] h2 a").evaluateAll(all => all.map(link => link.getAttribute("aria-label").split(",")[0]));
    assert.deepEqual([weekdays[0], weekdays[6]], ["Monday", "Sunday"]);
    // Those without an hour stand above the others.
    for (const one of await calendar(page).locator("[data-day]").all()) {
        const hours = await todos(one).evaluateAll(all => all.map(todo => todo.querySelector("b") !== null));
        assert.deepEqual(hours, [...hours].sort(), "all-day first");
    }
    await views.getByRole("link", { name: "Month" }).click();
    await page.waitForURL(/view=month/);
    await eventually(async () => assert.equal((await calendar(page).locator("[data-day]").count()) % 7, 0));
    await eventually(async () => assert.ok(await calendar(page).locator("[data-day]").count() >= 28));
    await todos(today(page)).first().waitFor();
    await page.getByRole("link", { name: "Next month" }).click();
    await page.getByRole("link", { name: "Today", exact: true }).click();
    await today(page).waitFor();
    await todos(today(page)).first().getByRole("link").click();
    await page.waitForURL(/\/d\/\d+/);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await finish(page);
});

test("a day with more than it shows leads to its list", async () => {
    const page = await app.open("/my-day/calendar?view=month");
    const more = calendar(page).getByRole("link", { name: /^\d+ more, / }).first();
    await more.waitFor();
    const name = await more.getAttribute("aria-label");
    const n = Number(name.match(/^\d+/)[0]);
    await more.click();
    await page.waitForURL(/day=/);
    const list = calendar(page).getByRole("region", { name: name.replace(/^\d+ more, /, "") });
    await becomes(() => todos(list).count(), n + 4);
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), "calendar-day"));
    await page.reload();
    await ready(page);
    await becomes(() => todos(list).count(), n + 4);
    await finish(page);
});

test("a to-do is dragged to another day with the mouse, and the undo brings it back", async () => {
    const { page, days, from, id } = await nextWeek();
    const to = days.find(iso => iso !== from);
    const [before, there] = [await shown(day(page, from)), await shown(day(page, to))];
    const chip = day(page, from).locator(`[data-todo="${id}"]`);
    const hour = await chip.locator("b").allTextContents();
    await still(chip);
    const [start, end] = [middle(await chip.boundingBox()), middle(await day(page, to).boundingBox())];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await page.mouse.move(end.x, end.y, { steps: 4 });
    await calendar(page).locator(`[data-over][data-day="${to}"]`).waitFor();
    await page.mouse.up();
    await day(page, to).locator(`[data-todo="${id}"]`).waitFor();
    await becomes(() => shown(day(page, from)), before.filter(other => other !== id));
    assert.match(page.url(), /\/my-day\/calendar/);
    await page.getByRole("status").getByText(/^Postponed: /).waitFor();
    assert.deepEqual(await day(page, to).locator(`[data-todo="${id}"] b`).allTextContents(), hour, "it keeps its hour");
    await page.reload();
    await ready(page);
    await day(page, to).locator(`[data-todo="${id}"]`).waitFor();
    // Back by another drag, and that one undone.
    await still(day(page, to).locator(`[data-todo="${id}"]`));
    await day(page, to).locator(`[data-todo="${id}"]`).dragTo(day(page, from));
    await becomes(() => shown(day(page, to)), there);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await day(page, to).locator(`[data-todo="${id}"]`).waitFor();
    await page.getByRole("status").getByText("Undone").waitFor();
    // A click without a drag opens the datasheet.
    await day(page, to).locator(`[data-todo="${id}"] a`).click();
    await page.waitForURL(/\/d\/\d+/);
    await finish(page);
});

test("a to-do goes to another day by keyboard, is announced, and written once", async () => {
    const { page, days, from, id } = await nextWeek();
    const writes = [];
    page.on("request", request => { if (request.url().includes("/api/todos/")) writes.push(request.url()); });
    const at = days.indexOf(from);
    const to = days[at <= 3 ? at + 2 : at - 2];
    const key = at <= 3 ? "ArrowRight" : "ArrowLeft";
    await day(page, from).locator(`[data-todo="${id}"] a`).focus();
    await page.keyboard.down("Alt");
    await page.keyboard.press(key);
    await page.keyboard.press(key);
    const carried = day(page, to).locator(`[data-todo="${id}"]`);
    await carried.waitFor();
    const spoken = await day(page, to).locator("h2 a").getAttribute("aria-label");
    await calendar(page).locator("[aria-live=assertive]", { hasText: spoken.replace(/, to-dos:.*/, "") }).waitFor();
    assert.equal(writes.length, 0, "not while Alt is held");
    await page.keyboard.up("Alt");
    await page.getByRole("status").getByText(/^Postponed: /).waitFor();
    assert.equal(writes.length, 1);
    await eventually(async () => assert.ok(await carried.locator("a").evaluate(link => link === document.activeElement)));
    // At the edge it stays, and says so; Escape takes a move back.
    await page.keyboard.down("Alt");
    await page.keyboard.press(key === "ArrowRight" ? "ArrowLeft" : "ArrowRight");
    await page.keyboard.press("Escape");
    await page.keyboard.up("Alt");
    await carried.waitFor();
    assert.equal(writes.length, 1);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await day(page, from).locator(`[data-todo="${id}"]`).waitFor();
    await finish(page);
});

test("nothing is moved into the past, and what somebody else changed meanwhile is told", async () => {
    const { page, days, from, id } = await nextWeek();
    // Another tab moves it; this one does not know yet.
    await page.route("**/api/my_day/calendar*", route => route.abort());
    const other = await app.open(page.url().replace(app.server.address, ""));
    const [to, there] = days.filter(iso => iso !== from);
    await still(day(other, from).locator(`[data-todo="${id}"]`));
    await day(other, from).locator(`[data-todo="${id}"]`).dragTo(day(other, there));
    await other.getByRole("status").getByText(/^Postponed: /).waitFor();
    await day(page, from).locator(`[data-todo="${id}"]`).dragTo(day(page, to));
    await page.locator(".toast[data-error]").waitFor();
    await page.unroute("**/api/my_day/calendar*");
    await page.reload();
    await ready(page);
    await day(page, there).locator(`[data-todo="${id}"]`).waitFor();
    await other.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await day(other, from).locator(`[data-todo="${id}"]`).waitFor();
    await finish(other);
    await page.context().close();

    const late = await app.open(WEEK);
    await todos(today(late)).first().getByRole("link").focus();
    await late.keyboard.press("Alt+ArrowLeft");
    await calendar(late).locator("[aria-live=assertive]", { hasText: /into the past|ends here/ }).waitFor();
    assert.match(late.url(), /view=week/, "the browser stays");
    await finish(late);
});

test("at 360 px a week is a list of days, and a month shows counts and the chosen day", async () => {
    const { page, days, from } = await nextWeek({ width: 360, height: 780, touch: true });
    // The to-do that stands next to the other day: on a Sunday the next week begins with tomorrow, longer than the window.
    const next = days[days.indexOf(from) + 1];
    const to = next ?? days[days.indexOf(from) - 1];
    const id = (await shown(day(page, from))).at(next ? -1 : 0);
    const boxes = await Promise.all([from, to].map(iso => day(page, iso).boundingBox()));
    assert.equal(boxes[0].x, boxes[1].x, "one below the other");
    const chip = day(page, from).locator(`[data-todo="${id}"]`);
    await day(page, to).locator("h2").evaluate(heading => heading.scrollIntoView({ block: "center" }));
    await still(chip);
    // By the grip, with a finger.
    const start = middle(await chip.locator("[data-grip]").boundingBox());
    const end = await day(page, to).locator("h2").boundingBox().then(middle);
    const finger = await page.context().newCDPSession(page);
    const touch = (type, y) =>
        finger.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: start.x, y }] });
    await touch("touchStart", start.y);
    for (let step = 1; step <= 8; step += 1) {
        await touch("touchMove", start.y + ((end.y - start.y) * step) / 8);
        await page.waitForTimeout(16);
    }
    await calendar(page).locator(`[data-over][data-day="${to}"]`).waitFor();
    await touch("touchEnd");
    await day(page, to).locator(`[data-todo="${id}"]`).waitFor();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await day(page, from).locator(`[data-todo="${id}"]`).waitFor();

    await page.goto(`${app.server.address}/my-day/calendar?view=month`);
    await ready(page);
    const chosen = calendar(page).locator("section");
    await todos(chosen).first().waitFor();
    await becomes(() => today(page).locator("[data-todo]:visible").count(), 0, "a day of the grid shows a number only");
    assert.match(await today(page).locator(".calendar__count").textContent(), /^\d+\+?$/);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(width <= 0, `${width} px too wide`);
    const outside = calendar(page).locator("[data-day]:not([data-today])").first();
    await outside.getByRole("link").first().tap();
    await page.waitForURL(/day=/);
    await calendar(page).locator("[data-chosen][data-day]:not([data-today])").waitFor();
    await noViolations(page);
    await finish(page);
});

test("the calendar is read, and walked through, with JavaScript off, in Hungarian", async () => {
    const page = await app.open("/my-day/calendar?view=week", { javaScript: false, locale: "hu-HU" });
    await becomes(() => page.locator("[data-day]").count(), 7);
    assert.ok(await page.locator("[data-todo]").count() > 0);
    const title = await page.locator(".page__head p").textContent();
    await page.getByRole("link", { name: "Következő hét" }).click();
    assert.notEqual(await page.locator(".page__head p").textContent(), title);
    await page.getByRole("link", { name: "Ma", exact: true }).click();
    assert.equal(await page.locator(".page__head p").textContent(), title);
    await page.getByRole("navigation", { name: "Nézet" }).getByRole("link", { name: "Hónap" }).click();
    await page.locator("[data-today] h2 a").click();
    assert.ok(await page.locator(".calendar__list [data-todo]").count() > 0);
    await page.context().close();
});

for (const scheme of ["light", "dark"]) {
    for (const view of ["week", "month"]) {
        test(`axe finds nothing to say against the ${view}, ${scheme}`, async () => {
            for (const width of [360, 1280]) {
                const page = await app.open(`/my-day/calendar?view=${view}`, { scheme, width });
                await calendar(page).waitFor();
                await noViolations(page);
                const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
                assert.ok(wide <= 0, `${width}: ${wide} px too wide`);
                await finish(page);
            }
        });
    }
}

test("what another tab does shows in the list and in the calendar without asking", async () => {
    const tall = { height: 20_000 };
    const cal = await app.open(WEEK);
    const id = (await shown(today(cal)))[0];
    assert.ok(id, "a to-do of today");
    const [list, other] = [await app.open("/my-day", tall), await app.open("/my-day", tall)];
    const row = page => page.locator(`.row[data-todo="${id}"]`);
    await row(list).waitFor();
    await row(other).getByRole("button", { name: /^Close to-do/ }).click();
    await row(list).waitFor({ state: "detached" });
    await calendar(cal).locator(`[data-todo="${id}"]`).waitFor({ state: "detached" });
    await other.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await row(list).waitFor();
    await calendar(cal).locator(`[data-todo="${id}"]`).waitFor();
    for (const page of [list, other, cal]) await finish(page);
});
