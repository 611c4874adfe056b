// Templates of to-dos: written in the settings, added to a datasheet at once, taken back at once.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, noViolations, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

test("an admin writes a template, and all its to-dos are added and taken back at once", async () => {
    const page = await app.open("/modules");
    const templates = page.locator("details").filter({ has: page.getByText("To-do templates", { exact: true }) }).first();
    await templates.locator("summary").click();
    const form = templates.getByRole("form", { name: "To-do template: New template" });
    await form.getByRole("textbox", { name: "Name of the template" }).fill("Handover");
    await form.getByRole("button", { name: "Save template" }).click();
    await form.getByRole("alert").waitFor();
    await form.getByRole("textbox", { name: "To-do" }).fill("Pack the papers");
    await form.getByRole("button", { name: "Add a to-do" }).click();
    await form.getByRole("textbox", { name: "To-do" }).nth(1).fill("Ask how it went");
    await form.getByRole("spinbutton", { name: "After how many days" }).nth(1).fill("3");
    await form.getByRole("combobox", { name: "Which days" }).nth(1).selectOption({ label: "working days" });
    await form.getByLabel("At what time").nth(1).fill("09:30");
    await noViolations(page);
    await form.getByRole("button", { name: "Save template" }).click();
    await page.getByRole("status").getByText("Saved: Handover").waitFor();
    await becomes(() => form.getByRole("textbox", { name: "Name of the template" }).inputValue(), "", "room for the next one");
    await page.reload();
    await ready(page);
    await templates.locator("summary").click();
    const saved = templates.getByRole("form", { name: "To-do template: Handover" });
    await becomes(() => saved.getByRole("textbox", { name: "To-do" }).nth(1).inputValue(), "Ask how it went");
    assert.equal(await saved.getByRole("combobox", { name: "Which days" }).nth(1).inputValue(), "working_days");
    assert.equal(await saved.getByLabel("At what time").nth(1).inputValue(), "09:30");
    // Deleted, and brought back by keyboard.
    await saved.getByRole("button", { name: "Delete template: Handover" }).click();
    await saved.waitFor({ state: "detached" });
    await becomes(() => templates.locator("summary").evaluate(element => element === document.activeElement), true);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).press("Enter");
    await becomes(() => saved.getByRole("textbox", { name: "To-do" }).nth(1).inputValue(), "Ask how it went");

    await page.goto(app.server.address);
    await ready(page);
    await page.getByRole("region", { name: "Datasheets" }).getByRole("link").first().click();
    await page.waitForURL(/\/d\/\d+/);
    const todos = page.locator(".sheet-todo");
    await page.getByRole("button", { name: "From template" }).click();
    const before = await todos.count();
    await noViolations(page);
    await page.getByRole("menuitem", { name: /^Handover/ }).click();
    await page.getByRole("status").getByText("To-dos added: Handover").waitFor();
    await becomes(() => todos.count(), before + 2);
    await page.getByText(/added to-dos from the template “Handover”: Pack the papers, Ask how it went/).waitFor();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await becomes(() => todos.count(), before);
    await finish(page);
});

test("templates and their to-dos are put in order by keyboard and by dragging", async () => {
    const page = await app.open("/modules");
    const templates = page.locator("details").filter({ has: page.getByText("To-do templates", { exact: true }) }).first();
    await templates.locator("summary").click();
    const form = templates.getByRole("form", { name: "To-do template: New template" });
    const texts = of => of.getByRole("textbox", { name: "To-do" }).evaluateAll(all => all.map(one => one.value));
    for (const name of ["Alpha", "Beta"]) {
        await form.getByRole("textbox", { name: "Name of the template" }).fill(name);
        await form.getByRole("textbox", { name: "To-do" }).fill(`${name} one`);
        await form.getByRole("button", { name: "Add a to-do" }).click();
        await form.getByRole("textbox", { name: "To-do" }).nth(1).fill(`${name} two`);
        await form.getByRole("button", { name: "Save template" }).click();
        await becomes(() => form.getByRole("textbox", { name: "Name of the template" }).inputValue(), "");
    }
    // A to-do by the arrows; it is saved with the template.
    const alpha = templates.getByRole("form", { name: "To-do template: Alpha" });
    const grip = alpha.getByRole("button", { name: "Move to-do: Alpha one" });
    await grip.focus();
    await page.keyboard.press("ArrowDown");
    await becomes(() => texts(alpha), ["Alpha two", "Alpha one"]);
    await becomes(() => grip.evaluate(element => element === document.activeElement), true);
    await templates.getByText("Alpha one: 2 of 2").waitFor({ state: "attached" });
    await page.keyboard.press("ArrowDown");
    await becomes(() => texts(alpha), ["Alpha two", "Alpha one"], "it stands at the end already");
    await alpha.getByRole("button", { name: "Save template" }).click();
    await page.getByRole("status").getByText("Saved: Alpha").first().waitFor();
    // A to-do by dragging.
    const beta = templates.getByRole("form", { name: "To-do template: Beta" });
    const drag = async (from, to) => {
        await from.scrollIntoViewIfNeeded();
        const [a, b] = [await from.boundingBox(), await to.boundingBox()];
        await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
        await page.mouse.down();
        await page.mouse.move(b.x + b.width / 2, b.y - 30, { steps: 6 });
        await page.mouse.up();
    };
    await drag(beta.getByRole("button", { name: "Move to-do: Beta two" }), beta.getByRole("button", { name: "Move to-do: Beta one" }));
    await becomes(() => texts(beta), ["Beta two", "Beta one"]);
    await beta.getByRole("button", { name: "Save template" }).click();
    await page.getByRole("status").getByText("Saved: Beta").first().waitFor();
    // Templates by the arrows.
    const names = () => templates.getByRole("button", { name: /^Move template/ }).evaluateAll(
        all => all.map(one => one.getAttribute("aria-label").replace("Move template: ", "")),
    );
    await becomes(async () => (await names()).slice(-2), ["Alpha", "Beta"]);
    await templates.getByRole("button", { name: "Move template: Beta" }).focus();
    await page.keyboard.press("ArrowUp");
    await becomes(async () => (await names()).slice(-2), ["Beta", "Alpha"]);
    await becomes(() => templates.getByRole("button", { name: "Move template: Beta" }).evaluate(element => element === document.activeElement), true);
    await page.getByRole("status").getByText("Moved: Beta").waitFor();
    await noViolations(page);
    await page.reload();
    await ready(page);
    await templates.locator("summary").click();
    await becomes(async () => (await names()).slice(-2), ["Beta", "Alpha"]);
    assert.deepEqual(await texts(alpha), ["Alpha two", "Alpha one"]);
    assert.deepEqual(await texts(beta), ["Beta two", "Beta one"]);
    await finish(page);
});

test("a template of the sample data is there, and its fields fit a narrow screen", async () => {
    for (const scheme of ["light", "dark"]) {
        const page = await app.open("/modules", { width: 360, touch: true, scheme });
        const all = page.locator("details").filter({ has: page.getByText("To-do templates", { exact: true }) });
        const n = await all.count();
        let found = 0;
        for (let at = 0; at < n; at += 1) {
            await all.nth(at).locator("summary").click();
            await all.nth(at).getByRole("form").last().waitFor();
            found += await all.nth(at).getByRole("button", { name: /^Delete template/ }).count();
        }
        assert.ok(found >= 2, `${found} templates`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${wide} px too wide`);
        await noViolations(page);
        await finish(page);
    }
});
