// My day: the viewer's to-dos across modules, worked from the top.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, bucket, count, expectCount, finish, noViolations, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

// So high that all rows are loaded and in the page.
const TALL = { height: 20_000 };
const rows = page => page.getByRole("region", { name: "My to-dos" }).getByRole("article");

test("my day opens from the bar and holds to-dos of several modules, in the buckets", async () => {
    const page = await app.open();
    await page.getByRole("link", { name: "My day" }).first().click();
    await page.waitForURL(/\/my-day$/);
    await page.getByRole("heading", { level: 1, name: "My day" }).waitFor();
    await rows(page).first().waitFor();
    assert.ok(await rows(page).count() > 5);
    assert.ok(await count(page, "Overdue") > 0);
    const modules = await rows(page).locator(".row__what i").allTextContents();
    assert.ok(new Set(modules.map(text => text.split(" · ")[0])).size >= 2, modules.join(" | "));
    await becomes(() => page.getByRole("navigation", { name: "Modules" }).locator("[aria-current]").count(), 0);
    await finish(page);
});

test("a to-do is closed and postponed in my day, and each can be undone", async () => {
    const page = await app.open("/my-day", TALL);
    await page.getByRole("button", { name: "Load more" }).waitFor({ state: "detached" });
    const [overdue, tomorrow] = [await count(page, "Overdue"), await count(page, "Tomorrow")];
    const name = await rows(page).first().getAttribute("aria-label");
    await rows(page).first().getByRole("button", { name: /^Close to-do/ }).click();
    await expectCount(page, "Overdue", overdue - 1);
    assert.notEqual(await rows(page).first().getAttribute("aria-label"), name);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await expectCount(page, "Overdue", overdue);
    assert.equal(await rows(page).first().getAttribute("aria-label"), name);

    await rows(page).first().getByRole("button", { name: /^Postpone/ }).click();
    await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await expectCount(page, "Overdue", overdue - 1);
    await expectCount(page, "Tomorrow", tomorrow + 1);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await expectCount(page, "Overdue", overdue);
    await expectCount(page, "Tomorrow", tomorrow);
    await page.reload();
    await ready(page);
    await expectCount(page, "Overdue", overdue);
    await finish(page);
});

test("two quick writes on one to-do both count, and a note goes with the second", async () => {
    const page = await app.open("/my-day", TALL);
    const overdue = await count(page, "Overdue");
    const name = await rows(page).first().getAttribute("aria-label");
    const row = page.getByRole("article", { name, exact: true });
    await row.getByRole("button", { name: /^Postpone/ }).click();
    await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Close with a note" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("Done by phone");
    await dialog.getByRole("button", { name: "Close as successful" }).click();
    await row.waitFor({ state: "detached" });
    await expectCount(page, "Overdue", overdue - 1);
    await page.getByRole("status").getByText(/^Closed: /).waitFor();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await row.waitFor();
    await finish(page);
});

test("a note whose to-do someone else closed meanwhile can still be copied", async () => {
    const page = await app.open("/my-day", TALL);
    const name = await rows(page).first().getAttribute("aria-label");
    const row = page.getByRole("article", { name, exact: true });
    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Close with a note" }).click();
    const dialog = page.getByRole("dialog", { name: /^Close with a note/ });
    const note = dialog.getByRole("textbox", { name: "Note" });
    await note.fill("Said on the phone");
    const other = await app.open("/my-day", TALL);
    await other.getByRole("article", { name, exact: true }).getByRole("button", { name: /^Close to-do/ }).click();
    await other.getByRole("status").getByText(/^Closed: /).waitFor();
    await row.waitFor({ state: "detached" });
    await dialog.getByRole("button", { name: "Close to-do", exact: true }).click();
    await page.getByRole("status").getByText("This to-do is closed already.").waitFor();
    await note.waitFor();
    await becomes(() => note.inputValue(), "Said on the phone");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await other.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await row.waitFor();
    await finish(other);
    await finish(page);
});

test("my day is worked by keyboard alone", async () => {
    const page = await app.open("/my-day");
    const overdue = await count(page, "Overdue");
    await page.keyboard.press("j");
    const [first, second] = [rows(page).first(), rows(page).nth(1)];
    await page.waitForFunction(element => element === document.activeElement, await first.elementHandle());
    const next = await second.getAttribute("aria-label");
    await page.keyboard.press("p");
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("Enter");
    await expectCount(page, "Overdue", overdue - 1);
    await page.waitForFunction(name => document.activeElement?.getAttribute("aria-label") === name, next);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).waitFor();
    await page.keyboard.press("z");
    await expectCount(page, "Overdue", overdue);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Next to-do").waitFor();
    await finish(page);
});

test("my day is read with JavaScript off, in Hungarian, and on a narrow screen", async () => {
    const plain = await app.open("/my-day", { javaScript: false });
    assert.ok(await plain.getByRole("article").count() > 5);
    await plain.getByRole("article").first().getByRole("link").click();
    await plain.waitForURL(/\/d\/\d+/);
    await plain.context().close();
    for (const width of [360, 800, 1100, 2560]) {
        const page = await app.open("/my-day", { width, touch: width === 360 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${width}: ${wide} px too wide`);
        const [height, needed] = await rows(page).first().evaluate(element => [element.clientHeight, element.scrollHeight]);
        assert.ok(needed <= height, `${width}: the row is cut`);
        await finish(page);
    }
});

for (const scheme of ["light", "dark"]) {
    test(`axe finds nothing to say against my day, ${scheme}`, async () => {
        const page = await app.open("/my-day", { scheme });
        await noViolations(page);
        assert.ok(await bucket(page, "Overdue").count() === 1);
        await page.context().close();
    });
}

/** The page of the first datasheet of my day. */
async function sheet(options) {
    const page = await app.open("/my-day", options);
    await rows(page).first().getByRole("link").click();
    await page.waitForURL(/\/d\/\d+/);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
}

test("a to-do that repeats makes its next one when it is closed, and the undo takes it back", async () => {
    const page = await sheet();
    const form = page.getByRole("form", { name: "New to-do" });
    await form.getByRole("textbox", { name: "To-do" }).fill("Weekly report");
    await form.getByText("Repetition, duration, reminder, steps").click();
    await form.getByRole("combobox", { name: "Repetition" }).selectOption({ label: "weeks" });
    await form.getByRole("checkbox", { name: "Friday" }).check();
    await form.getByRole("combobox", { name: "Duration" }).selectOption({ label: "30 min" });
    await form.getByRole("button", { name: "Add a step" }).click();
    await form.getByRole("textbox", { name: "Step 1" }).fill("Collect the numbers");
    await form.getByRole("button", { name: "Add to-do" }).click();
    const open = page.locator(".sheet-todo", { hasText: "Weekly report" });
    await open.getByText("every week on Friday").waitFor();
    await open.getByText("30 min").waitFor();
    await page.getByRole("status").getByText("To-do added").waitFor();
    await open.getByRole("checkbox", { name: "Collect the numbers" }).check();
    await open.getByText("1/1 steps").waitFor();
    await page.getByRole("status").getByText("Ticked").waitFor();

    await open.getByRole("button", { name: "Close to-do: Weekly report" }).click();
    const closed = page.locator(".closed-todo", { hasText: "Weekly report" });
    await closed.waitFor();
    await open.getByText("0/1 steps").waitFor();
    await becomes(() => open.count(), 1);
    await page.getByText(/; the next one is due/).first().waitFor();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await closed.waitFor({ state: "detached" });
    await open.getByText("1/1 steps").waitFor();
    await becomes(() => open.count(), 1);
    await page.reload();
    await ready(page);
    await open.getByText("every week on Friday").waitFor();
    await open.getByRole("button", { name: "Edit: Weekly report" }).click();
    assert.ok(await open.getByRole("checkbox", { name: "Friday" }).isChecked());
    await open.getByRole("combobox", { name: "Repetition" }).selectOption({ label: "none" });
    await open.getByRole("button", { name: "Save" }).click();
    await open.getByText("every week on Friday").waitFor({ state: "detached" });
    await noViolations(page);
    await finish(page);
});

test("a closed to-do is opened again, and a narrow screen holds the whole form", async () => {
    const page = await sheet({ width: 360, height: 800, touch: true });
    const close = page.locator(".sheet-todo").first().getByRole("button", { name: /^Close to-do/ });
    const text = (await close.getAttribute("aria-label")).replace("Close to-do: ", "");
    await close.click();
    await page.getByRole("button", { name: `Reopen: ${text}` }).click();
    await page.getByRole("button", { name: `Close to-do: ${text}` }).waitFor();
    const form = page.getByRole("form", { name: "New to-do" });
    await form.getByText("Repetition, duration, reminder, steps").click();
    await form.getByRole("combobox", { name: "Repetition" }).selectOption({ label: "weeks" });
    await form.getByRole("checkbox", { name: "Sunday" }).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    await finish(page);
});

test("what a type fills in is set by an admin", async () => {
    const page = await app.open("/modules");
    const types = page.locator(".todo-types").first();
    await types.locator("summary").click();
    const length = types.getByRole("combobox", { name: /^Duration: / }).first();
    await length.selectOption({ label: "15 min" });
    await types.getByRole("button", { name: /^Save: / }).first().click();
    await page.getByRole("status").getByText(/^Saved: /).waitFor();
    await page.reload();
    await ready(page);
    await types.locator("summary").click();
    await length.waitFor();
    assert.equal(await length.inputValue(), "15");
    await finish(page);
});

test("the calendar link of the profile is read by whoever knows it until it is revoked", async () => {
    const page = await app.open("/profile");
    await page.getByRole("button", { name: "Make a link" }).click();
    const link = await page.getByRole("textbox", { name: "Calendar link" }).inputValue();
    const read = await fetch(link);
    assert.equal(read.status, 200);
    const text = await read.text();
    assert.ok(text.startsWith("BEGIN:VCALENDAR\r\n") && text.includes("BEGIN:VEVENT"));
    assert.equal((await fetch(link, { headers: { "if-none-match": read.headers.get("etag") } })).status, 304);
    await page.getByRole("button", { name: "Revoke the link" }).click();
    await page.getByText("You have no link yet.").waitFor();
    assert.equal((await fetch(link)).status, 404);
    await noViolations(page);
    await finish(page);
});
