// A file of cases becomes datasheets: chosen or dropped, looked at first, undone at once.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, noViolations, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const rows = page => page.getByRole("region", { name: "Datasheets" }).getByRole("article");
const dialog = page => page.getByRole("dialog");
const file = (name, lines) => ({ name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });

/** Opens the dialog with the keyboard alone. */
async function openDialog(page, more = "More", item = "Import") {
    await page.getByRole("button", { name: more, exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: item }).waitFor();
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
}

async function search(page, text) {
    await page.getByRole("searchbox").fill(text);
    await page.waitForURL(new RegExp(`q=${text}`));
}

test("a chosen file is shown before it is imported, broken lines by number and reason, and one undo takes it back", async () => {
    const page = await app.open();
    await openDialog(page);
    await dialog(page).getByLabel("File", { exact: true }).setInputFiles(file("cases.csv", [
        "Name;Company;To-do;Due;Status;Colour",
        "Zzimport roof;Roof Ltd;Call;2026. 12. 24. 14:30;;red",
        "Zzimport boiler;;Write;;;",
        "Zzimport gate;;;;Nope;",
    ]));
    await dialog(page).getByText("2 datasheets will be made, 2 of them with a to-do.").waitFor();
    await dialog(page).getByText("Columns left out: Colour").waitFor();
    await dialog(page).getByText("there is no status Nope").waitFor();
    assert.match(await dialog(page).getByText("Line 4:").locator("..").innerText(), /there is no status Nope/);
    assert.match(await dialog(page).getByRole("row", { name: /Zzimport roof/ }).innerText(), /Roof Ltd[\s\S]*Call/);
    await noViolations(page, { within: "dialog" });

    await dialog(page).getByRole("button", { name: "Import 2, leave out 1 broken" }).click();
    await dialog(page).getByText("Imported 2 datasheets. Broken, left out: 1 line.").waitFor();
    await dialog(page).locator(".form-actions").getByRole("button", { name: "Close" }).click();
    await search(page, "zzimport");
    // The list before stays until the answer comes.
    await rows(page).nth(2).waitFor({ state: "detached" });
    await becomes(() => rows(page).count(), 2);

    // The same lines again: nothing twice.
    await openDialog(page);
    await dialog(page).getByLabel("File", { exact: true }).setInputFiles(file("again.csv", [
        "Name,Company,To-do,Due", "Zzimport boiler,,Write,", "Zzimport roof,Roof Ltd,Call,2026. 12. 24. 14:30",
    ]));
    await dialog(page).getByText("There is nothing to import: 2 lines imported before.").waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await page.getByText("Import undone: 2 datasheets removed.").waitFor();
    await rows(page).first().waitFor({ state: "detached" });
    await finish(page);
});

test("a file dropped anywhere on the page is looked at, on a narrow screen in Hungarian too", async () => {
    const page = await app.open("/", { locale: "hu-HU", width: 360, height: 740, scheme: "dark" });
    const data = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["N\u00e9v;Teend\u0151\nZzejtett tet\u0151;H\u00edvni\n"], "ejtett.csv", { type: "text/csv" }));
        return transfer;
    });
    await page.dispatchEvent("main", "dragover", { dataTransfer: data });
    await page.getByText("Engedje el a fájlt az importáláshoz").waitFor();
    await page.dispatchEvent("main", "drop", { dataTransfer: data });
    await dialog(page).getByText("1 adatlap jön létre, ebből 1 teendővel.").waitFor();
    await noViolations(page, { within: "dialog" });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${width} px wide`);
    await dialog(page).getByRole("button", { name: "1 importálása" }).click();
    await dialog(page).getByText("1 adatlap importálva.").waitFor();
    await dialog(page).getByRole("button", { name: "Visszavonás" }).click();
    await page.getByText("Importálás visszavonva: 1 adatlap törölve.").waitFor();
    await finish(page);
});

test("a file that is no table is refused with what to do", async () => {
    const page = await app.open();
    await openDialog(page);
    await dialog(page).getByLabel("File", { exact: true }).setInputFiles(
        { name: "book.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]) },
    );
    await dialog(page).getByRole("alert").getByText("Save it as CSV").waitFor();
    await dialog(page).getByRole("button", { name: "Close" }).click();
    // The browser itself notes the 422 of the answer; it is no fault of the page.
    page.complaints = page.complaints.filter(text => !text.includes("422"));
    await finish(page);
});
