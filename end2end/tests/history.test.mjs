// The history of a datasheet: comments, mentions, files; narrowed by the URL, with JavaScript off too.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, noViolations, ready, startApp } from "../app.mjs";


let app, sheet, me;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    sheet = await links.nth(0).getAttribute("href");
    await page.goto(app.server.address + "/profile");
    me = await page.getByRole("textbox", { name: "Name" }).inputValue();
    await page.context().close();
});
after(async () => { await app?.stop(); });

const history = page => page.getByRole("region", { name: "History" });
const entry = (page, text) => history(page).getByRole("listitem").filter({ hasText: text });
const box = page => history(page).getByRole("textbox", { name: "Comment", exact: true });
const toast = page => page.getByRole("status");

test("a comment is written, changed and deleted, each taken back", async () => {
    const page = await app.open(sheet);
    await box(page).fill("The client wants slate.");
    await history(page).getByRole("button", { name: "Add comment" }).click();
    await entry(page, "The client wants slate.").waitFor();
    assert.equal(await box(page).inputValue(), "");
    await entry(page, "slate.").getByRole("button", { name: /^Edit comment/ }).click();
    await entry(page, "commented").first().getByRole("textbox", { name: "Comment" }).fill("The client wants tiles.");
    await page.keyboard.press("Control+Enter");
    await entry(page, "The client wants tiles.").getByText("edited").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).last().click();
    await entry(page, "The client wants slate.").waitFor();
    await entry(page, "slate.").getByRole("button", { name: /^Delete comment/ }).click();
    await history(page).getByText("This comment was deleted.").waitFor();
    await toast(page).getByText("Comment deleted.").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).last().click();
    await entry(page, "The client wants slate.").waitFor();
    await finish(page);
});

test("the history is narrowed by links, and by the URL with JavaScript off", async () => {
    const page = await app.open(sheet);
    const filter = page.getByRole("navigation", { name: "Filter the history" });
    await filter.getByRole("link", { name: "Comments" }).click();
    await page.waitForURL(/history=comments/);
    await history(page).getByText("added the to-do").first().waitFor({ state: "detached" });
    await entry(page, "The client wants slate.").waitFor();
    assert.equal(await filter.getByRole("link", { name: "Comments" }).getAttribute("aria-current"), "true");
    await page.goBack();
    await entry(page, "The client wants slate.").waitFor();
    await finish(page);
    const plain = await app.open(`${sheet}?history=comments`, { javaScript: false });
    await entry(plain, "The client wants slate.").waitFor();
    await plain.getByRole("navigation", { name: "Filter the history" }).getByRole("link", { name: "To-dos" }).click();
    await plain.waitForURL(/history=todos/);
    await becomes(() => entry(plain, "The client wants slate.").count(), 0);
    await plain.context().close();
});

test("a colleague is offered after @, taken by keyboard, and the mentioned one is told without a reload", async () => {
    const other = await app.open();
    const bell = page => page.getByRole("link", { name: /^Mentions/ });
    const unread = async page => Number(/\d+/.exec(await bell(page).getAttribute("aria-label"))?.[0] ?? 0);
    const before = await unread(other);
    const reaches = (page, wanted) => becomes(() => unread(page), wanted);
    const page = await app.open(sheet);
    await box(page).click();
    await box(page).pressSequentially(`Please look, @${me.slice(0, 3)}`);
    const people = page.getByRole("listbox", { name: "People to mention" });
    await people.getByRole("option", { name: me }).waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await box(page).inputValue(), `Please look, @${me} `);
    await page.keyboard.press("Control+Enter");
    await entry(page, "Please look").locator("mark").waitFor();
    for (const seen of [page, other]) await reaches(seen, before + 1);
    await bell(other).click();
    await other.waitForURL(/\/mentions/);
    const newest = other.getByRole("listitem").filter({ hasText: "Please look" });
    await newest.getByRole("button", { name: /^Mark as read:/ }).click();
    await newest.getByRole("button", { name: /^Mark as unread:/ }).waitFor();
    await reaches(page, before);
    await newest.getByRole("link").click();
    await other.waitForURL(/\/d\/\d+/);
    await entry(other, "Please look").waitFor();
    await finish(other);
    await finish(page);
});

test("files are chosen and dropped, read, deleted and brought back", async () => {
    const page = await app.open(sheet);
    const files = page.getByRole("region", { name: "Files" });
    await files.getByLabel("Add files").setInputFiles([
        { name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("An offer.") },
        { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") },
    ]);
    for (const name of ["offer.txt", "page.html"]) await files.getByRole("link", { name }).waitFor();
    const got = await page.request.get(app.server.address + await files.getByRole("link", { name: "page.html" }).getAttribute("href"));
    assert.equal(got.headers()["content-type"], "application/octet-stream");
    assert.match(got.headers()["content-disposition"], /^attachment/);
    const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const data = await page.evaluateHandle(base64 => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], "roof.png"));
        return data;
    }, picture);
    await files.dispatchEvent("drop", { dataTransfer: data });
    await files.getByRole("link", { name: "roof.png" }).waitFor();
    await page.waitForFunction(() => document.querySelector(".sheet-file img")?.naturalWidth === 1);
    await files.getByRole("button", { name: "Delete file offer.txt" }).click();
    await toast(page).getByText("File deleted: offer.txt").waitFor();
    await files.getByRole("link", { name: "offer.txt" }).waitFor({ state: "detached" });
    await toast(page).getByRole("button", { name: "Undo" }).last().click();
    await files.getByRole("link", { name: "offer.txt" }).waitFor();
    await history(page).getByText("added the file roof.png").waitFor();
    await page.reload();
    await ready(page);
    for (const name of ["offer.txt", "page.html", "roof.png"]) await files.getByRole("link", { name }).waitFor();
    await finish(page);
});

test("a to-do has files and comments of its own, which stand in the history too", async () => {
    const page = await app.open(sheet);
    const todos = page.getByRole("region", { name: "To-dos" });
    await todos.getByRole("textbox", { name: "To-do", exact: true }).fill("Send the plans");
    await todos.getByRole("button", { name: "Add to-do" }).click();
    await todos.getByLabel("Attach files to Send the plans").setInputFiles(
        { name: "plans.txt", mimeType: "text/plain", buffer: Buffer.from("Plans.") },
    );
    const own = todos.getByRole("list", { name: "Files of Send the plans" });
    await own.getByRole("link", { name: "plans.txt" }).waitFor();
    // Dropped and pasted onto it: to it, and not to the datasheet.
    const data = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(["Notes."], "notes.txt"));
        return data;
    });
    await own.dispatchEvent("drop", { dataTransfer: data });
    await own.getByRole("link", { name: "notes.txt" }).waitFor();
    await own.evaluate(list => {
        const data = new DataTransfer();
        data.items.add(new File(["Pasted."], "pasted.txt"));
        list.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await own.getByRole("link", { name: "pasted.txt" }).waitFor();
    const files = page.getByRole("region", { name: "Files", exact: true });
    for (const name of ["plans.txt", "notes.txt", "pasted.txt"]) await becomes(() => files.getByRole("link", { name }).count(), 0);
    await entry(page, "added the file plans.txt (6\u00a0bytes) to the to-do Send the plans").waitFor();
    await todos.getByRole("button", { name: "Comment on Send the plans" }).click();
    await todos.getByRole("textbox", { name: "Comment", exact: true }).fill("Only the ground floor.");
    await todos.getByRole("button", { name: "Add comment" }).click();
    await todos.getByRole("list", { name: "Comments on Send the plans" }).getByText("Only the ground floor.").waitFor();
    await entry(page, "commented on the to-do Send the plans").waitFor();
    await own.getByRole("button", { name: "Delete file notes.txt" }).click();
    await own.getByRole("link", { name: "notes.txt" }).waitFor({ state: "detached" });
    await page.reload();
    await ready(page);
    await own.getByRole("link", { name: "plans.txt" }).waitFor();
    await noViolations(page, { what: "a to-do with files and comments" });
    await finish(page);
});

test("axe finds nothing against the datasheet and the mentions, and neither is wider than a narrow screen", async () => {
    for (const scheme of ["light", "dark"]) {
        for (const path of [sheet, "/mentions"]) {
            const page = await app.open(path, { scheme });
            if (path === sheet) {
                await box(page).click();
                await box(page).pressSequentially("@");
                await page.getByRole("listbox", { name: "People to mention" }).waitFor();
            }
            await noViolations(page, { what: path });
            await finish(page);
            const narrow = await app.open(path, { scheme, width: 360, height: 740, touch: true });
            const wide = await narrow.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
            if (process.env.MODULOK_SHOTS) {
                await narrow.screenshot({ path: `${process.env.MODULOK_SHOTS}/${scheme}-${path.slice(1, 2)}-360.png`, fullPage: true });
                await narrow.setViewportSize({ width: 1280, height: 900 });
                await narrow.screenshot({ path: `${process.env.MODULOK_SHOTS}/${scheme}-${path.slice(1, 2)}-1280.png`, fullPage: true });
                await narrow.setViewportSize({ width: 2560, height: 1300 });
                await narrow.screenshot({ path: `${process.env.MODULOK_SHOTS}/${scheme}-${path.slice(1, 2)}-2560.png`, fullPage: true });
            }
            await finish(narrow);
        }
    }
});
