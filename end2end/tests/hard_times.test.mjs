// What goes wrong or slowly: a stale edit, a refusal, a slow server; and midnight in an open page.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, count, expectCount, finish, ready, startApp, startDetour } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const rows = page => page.getByRole("region", { name: "Datasheets" }).getByRole("article");

test("a stale edit shows both values, and the user chooses", async () => {
    const list = await app.open();
    const path = new URL(await rows(list).nth(1).getByRole("link").first().getAttribute("href"), list.url()).pathname;
    await finish(list);
    // Deaf to what others do, as behind a broken connection.
    const deaf = await app.open(path, { before: page => page.route("**/events?*", route => route.fulfill({ status: 204 })) });
    const other = await app.open(path);
    const rename = async (page, name) => {
        await page.getByRole("button", { name: "Rename", exact: true }).click();
        await page.getByRole("textbox", { name: "Name" }).fill(name);
        await page.keyboard.press("Enter");
    };
    await rename(other, "Theirs was first");
    await other.getByRole("status").getByText(/Theirs was first/).waitFor();
    await rename(deaf, "Mine came later");
    const conflict = deaf.getByRole("alert").filter({ hasText: "Mine came later" });
    await conflict.waitFor();
    assert.match(await conflict.innerText(), /Theirs was first/);
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await deaf.getByRole("heading", { level: 1, name: "Mine came later" }).waitFor();
    await conflict.waitFor({ state: "detached" });
    await other.reload();
    await ready(other);
    await other.getByRole("heading", { level: 1, name: "Mine came later" }).waitFor();

    // And the other way round: theirs stays.
    await rename(other, "Theirs once more");
    await other.getByRole("status").getByText(/Theirs once more/).waitFor();
    await rename(deaf, "Mine in vain");
    const again = deaf.getByRole("alert").filter({ hasText: "Mine in vain" });
    await again.getByRole("button", { name: "Keep theirs" }).click();
    await deaf.getByRole("heading", { level: 1, name: "Theirs once more" }).waitFor();
    // The console of a browser notes each refused call; that is all it may note.
    deaf.complaints = deaf.complaints.filter(text => !/status of 409/.test(text));
    await finish(deaf);
    await finish(other);
});

test("a refused action puts the row back and says why", async () => {
    const page = await app.open();
    const overdue = await count(page, "Overdue");
    assert.ok(overdue > 0);
    const name = await rows(page).first().getAttribute("aria-label");
    let refused = 0;
    await page.route("**/api/todos/postpone*", route => {
        refused += 1;
        return route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ refused: "todo_closed" }) });
    });
    await rows(page).first().getByRole("button", { name: /^Postpone/ }).click();
    await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await page.getByRole("status").getByText("This to-do is closed already.").waitFor();
    assert.equal(refused, 1);
    await expectCount(page, "Overdue", overdue);
    assert.equal(await rows(page).first().getAttribute("aria-label"), name);
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(page);
});

test("the question's code that comes when its row is elsewhere already harms nothing", async () => {
    const page = await app.open();
    // Deaf to what others do. The question asks for its code, then the to-do is closed in vain, then the code may come.
    let letThrough, ask;
    const held = new Promise(resolve => { letThrough = resolve; });
    const asked = new Promise(resolve => { ask = resolve; });
    await page.route("**/events?*", route => route.fulfill({ status: 204 }));
    await page.route("**/parts/*.wasm", async route => { ask(); await held; await route.continue(); });
    await page.route("**/api/todos/close*", async route => { await asked; await route.continue(); });
    await page.reload();
    await ready(page);
    const id = await rows(page).nth(1).getAttribute("data-datasheet");
    const row = page.locator(`[data-datasheet="${id}"]`);
    const other = await app.open();
    await other.locator(`[data-datasheet="${id}"]`).getByRole("button", { name: /^Postpone/ }).click();
    await other.getByRole("menuitem", { name: /^In a week/ }).click();
    await other.getByRole("status").getByText(/^Postponed: /).waitFor();
    await finish(other);
    await row.getByRole("button", { name: /^Close to-do/ }).click();
    // The refusal takes the question away, and a second look the row.
    await page.locator(`[data-late][data-datasheet="${id}"]`).waitFor({ state: "detached" });
    letThrough();
    await page.unrouteAll({ behavior: "wait" });
    // It works on: the next question comes.
    await closeFirst(page);
    await page.locator(".row__next").getByRole("textbox").first().waitFor();
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(page);
});

test("what was typed for the next step of one row is there after another one was closed", async () => {
    const page = await app.open();
    const id = await rows(page).first().getAttribute("data-datasheet");
    const name = await rows(page).first().getAttribute("aria-label");
    const question = page.locator(`[data-datasheet="${id}"] .row__next`);
    await closeFirst(page);
    await question.getByRole("textbox", { name: "To-do" }).fill("Typed and not sent");
    await page.getByRole("button", { name: /^Close to-do/ }).first().click();
    await question.waitFor({ state: "detached" });
    await page.getByRole("searchbox", { name: /^Search/ }).fill(name);
    const row = page.locator(`[data-datasheet="${id}"]`);
    await row.getByRole("button", { name: /^New to-do/ }).click();
    const dialog = page.getByRole("dialog", { name: /^New to-do/ });
    assert.equal(await dialog.getByRole("textbox", { name: "To-do" }).inputValue(), "Typed and not sent");
    await dialog.getByRole("button", { name: "Add" }).click();
    await row.getByText("Typed and not sent").waitFor();
    await finish(page);
});

test("a to-do typed after a close that fails is added all the same", async () => {
    const page = await app.open();
    const id = await rows(page).first().getAttribute("data-datasheet");
    let letThrough;
    const held = new Promise(resolve => { letThrough = resolve; });
    await page.route("**/api/todos/close*", async route => {
        await held;
        await route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ refused: "todo_closed" }) });
    });
    await closeFirst(page);
    const question = page.locator(`[data-datasheet="${id}"] .row__next`);
    await question.getByRole("textbox", { name: "To-do" }).fill("Typed after the close");
    await page.keyboard.press("Enter");
    letThrough();
    await page.getByRole("status").getByText("This to-do is closed already.").waitFor();
    await page.getByRole("status").getByText(/^New to-do: /).waitFor();
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(page);
});

test("a note whose to-do could not be closed is offered again", async () => {
    const page = await app.open();
    await page.route("**/api/todos/close*", route =>
        route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ refused: "todo_closed" }) }));
    const dialog = page.getByRole("dialog", { name: /^Close with a note/ });
    const note = dialog.getByRole("textbox", { name: "Note" });
    await page.getByRole("article").first().getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: /^Close with a note/ }).click();
    await note.fill("Said on the phone");
    await dialog.getByRole("button", { name: "Close to-do", exact: true }).click();
    await page.getByRole("status").getByText("This to-do is closed already.").waitFor();
    await note.waitFor();
    assert.equal(await note.inputValue(), "Said on the phone");
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(page);
});

test("a note whose to-do could not be closed in my day is offered again, and its to-do is there again", async () => {
    const page = await app.open("/my-day");
    const first = page.getByRole("region", { name: "My to-dos" }).getByRole("article").first();
    const name = await first.getAttribute("aria-label");
    await page.route("**/api/todos/close*", route =>
        route.fulfill({ status: 409, contentType: "application/json", body: JSON.stringify({ refused: "todo_closed" }) }));
    const dialog = page.getByRole("dialog", { name: /^Close with a note/ });
    const note = dialog.getByRole("textbox", { name: "Note" });
    await first.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: /^Close with a note/ }).click();
    await note.fill("Said on the phone");
    await dialog.getByRole("button", { name: "Close to-do", exact: true }).click();
    await page.getByRole("status").getByText("This to-do is closed already.").waitFor();
    await note.waitFor();
    assert.equal(await note.inputValue(), "Said on the phone");
    await page.unroute("**/api/todos/close*");
    await dialog.getByRole("button", { name: "Close to-do", exact: true }).click();
    await page.getByRole("article", { name, exact: true }).waitFor({ state: "detached" });
    await page.getByRole("status").getByText(/^Closed: /).waitFor();
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(page);
});

test("a row action shows within 100 ms while the server takes 500 ms", async () => {
    const page = await app.open();
    await page.route("**/api/**", async route => {
        await new Promise(resolve => setTimeout(resolve, 500));
        await route.continue();
    });
    const times = [];
    for (let turn = 0; turn < 5; turn += 1) {
        const overdue = await count(page, "Overdue");
        assert.ok(overdue > 0);
        await rows(page).first().getByRole("button", { name: /^Postpone/ }).click();
        const item = page.getByRole("menuitem", { name: /^In a week/ });
        await item.waitFor();
        // Measured in the page: from the click until the heading counts one row less.
        const time = page.evaluate(() => new Promise(resolve => {
            const heading = [...document.querySelectorAll("h2")].find(h2 => h2.textContent.startsWith("Overdue"));
            const text = heading.textContent;
            let start;
            addEventListener("click", event => { start = event.timeStamp; }, { capture: true, once: true });
            new MutationObserver((_, observer) => {
                if (heading.isConnected && heading.textContent === text) return;
                observer.disconnect();
                requestAnimationFrame(now => resolve(now - start));
            }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }));
        await item.click();
        times.push(await time);
        await expectCount(page, "Overdue", overdue - 1);
        await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
        await expectCount(page, "Overdue", overdue);
    }
    times.sort((a, b) => a - b);
    console.log(`row action on screen after ${times.map(time => time.toFixed(0)).join(", ")} ms`);
    // The machine may be busy with something else at times: the middle one counts.
    assert.ok(times[2] <= 100, `${times}`);
    await page.unrouteAll({ behavior: "wait" });
    await finish(page);
});

const closeFirst = page => rows(page).first().getByRole("button", { name: /^Close to-do/ }).click();
const slowly = async () => {
    await new Promise(resolve => setTimeout(resolve, 1_500));
    return true;
};

test("a to-do closed just before a reload is closed, once, also where the server is slow", async () => {
    const detour = await startDetour(app.server, slowly);
    const page = await app.open("/", { at: detour.address });
    const overdue = await count(page, "Overdue");
    assert.ok(overdue > 1);
    await closeFirst(page);
    await page.reload();
    await ready(page);
    await expectCount(page, "Overdue", overdue - 1);
    await becomes(() => page.getByRole("status").getByText(/earlier change/).count(), 0);
    await finish(page);
    const later = await app.open();
    await expectCount(later, "Overdue", overdue - 1);
    await finish(later);
    await detour.stop();
});

test("a to-do closed just before its tab is closed is closed", async () => {
    const detour = await startDetour(app.server, slowly);
    const page = await app.open("/", { at: detour.address });
    const overdue = await count(page, "Overdue");
    await closeFirst(page);
    await page.close();
    // Looked at in another browser: nothing sends it again.
    const other = await app.open();
    await expectCount(other, "Overdue", overdue - 1);
    assert.equal(detour.writes.length, 1);
    await finish(other);
    await page.context().close();
    await detour.stop();
});

test("a write that did not get through before its tab was closed is sent by the next one, and kept no longer", async () => {
    let isThere = false;
    const detour = await startDetour(app.server, async () => isThere);
    const page = await app.open("/", { at: detour.address });
    const overdue = await count(page, "Overdue");
    await closeFirst(page);
    while (detour.writes.length < 2) await page.waitForTimeout(50);
    const context = page.context();
    await page.close();
    const other = await app.open();
    assert.equal(await count(other, "Overdue"), overdue);
    await finish(other);
    isThere = true;
    const next = await context.newPage();
    await next.goto(detour.address);
    await ready(next);
    await expectCount(next, "Overdue", overdue - 1);
    const kept = () => next.evaluate(() => Object.keys(localStorage).filter(name => name.startsWith("modulok.write.")));
    assert.deepEqual(await kept(), []);
    const sent = detour.writes.length;
    await next.reload();
    await ready(next);
    await expectCount(next, "Overdue", overdue - 1);
    assert.equal(detour.writes.length, sent);
    await context.close();
    await detour.stop();
});

test("at midnight the rows and counts move to their new buckets without a request", async () => {
    // Deaf to what was done just before: it would ask the server, whose clock stands before midnight.
    const before = async page => {
        await page.clock.install();
        await page.route("**/events?*", route => route.fulfill({ status: 204 }));
    };
    const page = await app.open("/", { before });
    await page.getByRole("navigation", { name: "Modules" }).getByRole("link").first().waitFor();
    await page.goto(`${page.url().split("?")[0]}?owner=me`);
    await ready(page);
    const names = ["Overdue", "Today", "Tomorrow", "This week", "Next week", "Later this month", "Next month", "Later", "No to-do"];
    const counts = async () => Object.fromEntries(await Promise.all(names.map(async name => [name, await count(page, name)])));
    const start = await counts();
    assert.ok(start.Tomorrow > 0 && start.Overdue + start.Today > 0, JSON.stringify(start));
    const requests = [];
    page.on("request", request => requests.push(request.url()));
    const left = await page.evaluate(() => {
        const now = new Date();
        return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
    });
    await page.clock.fastForward(left + 61_000);
    // What was due by the end of today is past, and tomorrow is today.
    await expectCount(page, "Overdue", start.Overdue + start.Today);
    await expectCount(page, "Today", start.Tomorrow);
    const end = await counts();
    const sum = counts => Object.values(counts).reduce((a, b) => a + b);
    assert.equal(sum(end), sum(start));
    assert.deepEqual(requests.filter(url => url.includes("/api/")), []);
    // The rows stand where the headings say: the first of today was tomorrow's.
    const inToday = await page.evaluate(() => {
        const heading = [...document.querySelectorAll("h2")].find(h2 => h2.textContent.startsWith("Today"));
        return heading.parentElement.querySelectorAll("article").length;
    });
    assert.ok(inToday > 0 && inToday <= start.Tomorrow);
    await finish(page);
});
