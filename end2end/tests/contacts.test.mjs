// Contacts: found, opened, changed as one leaves a field, made from a datasheet, likely duplicates, merged and taken apart.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp } from "../app.mjs";

let app, sheet, other;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    [sheet, other] = [await links.nth(6).getAttribute("href"), await links.nth(7).getAttribute("href")];
    await page.context().close();
});
after(async () => { await app?.stop(); });

const toast = page => page.getByRole("status");
const list = page => page.getByRole("table", { name: "Contacts" });
const details = page => page.getByRole("complementary", { name: "Details" });
const history = page => page.getByRole("region", { name: "History, with its datasheets" });

async function search(page, text) {
    await page.getByRole("searchbox", { name: "Search" }).fill(text);
    await page.waitForURL(url => url.searchParams.get("q") === text);
}

/** Opens the page of a contact from the list. */
async function openContact(page, name) {
    await page.goto(`${app.server.address}/contacts?q=${encodeURIComponent(name)}`);
    await ready(page);
    await list(page).getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
}

test("contacts are in the navigation, found without accents, by address and by number, and go on page by page", async () => {
    const page = await app.open("/");
    await page.getByRole("link", { name: "Contacts" }).click();
    await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
    await list(page).getByRole("row").nth(1).waitFor();
    await becomes(() => list(page).getByRole("row").count(), 51, "fifty and the heading");
    const first = await list(page).getByRole("row").nth(1).textContent();
    await page.getByRole("link", { name: "More contacts" }).click();
    await eventually(async () => assert.notEqual(await list(page).getByRole("row").nth(1).textContent(), first));
    await page.getByRole("link", { name: "Back to the beginning" }).click();
    for (const text of ["palfi ago", "agota.palfi@bakony", "06 30 555 0147"]) {
        await search(page, text);
        await list(page).getByRole("link", { name: "Pálfi Ágota" }).waitFor();
        await eventually(async () => assert.ok(await list(page).getByRole("row").count() <= 3));
    }
    await search(page, "zzzzz");
    await page.getByText("Nothing was found for: zzzzz").waitFor();
    await finish(page);
});

test("what is changed on a contact is saved as one leaves it, stands in its history and is undone", async () => {
    const page = await app.open("/contacts");
    await openContact(page, "Somogyi Kristóf");
    const name = details(page).getByRole("textbox", { name: "Name", exact: true });
    await name.fill("Somogyi Kristóf Bálint");
    await name.press("Tab");
    await page.getByRole("heading", { level: 1, name: "Somogyi Kristóf Bálint" }).waitFor();
    await history(page).getByText("Name: “Somogyi Kristóf” → “Somogyi Kristóf Bálint”").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { level: 1, name: "Somogyi Kristóf", exact: true }).waitFor();

    await details(page).getByRole("button", { name: "Add a phone" }).click();
    const phone = details(page).getByRole("textbox", { name: "New phone" });
    await phone.fill("soon");
    await phone.press("Enter");
    await details(page).getByRole("alert").getByText("Phone: cannot be read.").waitFor();
    await phone.fill("+36 1 555 0101");
    await phone.press("Enter");
    await becomes(() => details(page).getByRole("textbox", { name: "Phone", exact: true }).count(), 2);
    await page.reload();
    await ready(page);
    assert.equal(await details(page).getByRole("textbox", { name: "Phone", exact: true }).nth(1).inputValue(), "+36 1 555 0101");
    await details(page).getByRole("button", { name: "Remove: +36 1 555 0101" }).click();
    await becomes(() => details(page).getByRole("textbox", { name: "Phone", exact: true }).count(), 1);
    page.complaints = page.complaints.filter(text => !text.includes("422"));
    await finish(page);
});

test("of two who change one field, the later one sees both values and chooses", async () => {
    const page = await app.open("/contacts");
    await openContact(page, "Halmos Vera");
    const path = new URL(page.url()).pathname;
    const second = await app.open(path);
    const name = one => details(one).getByRole("textbox", { name: "Name", exact: true });
    await name(page).fill("Halmos Veronika");
    await name(page).press("Tab");
    await page.getByRole("heading", { level: 1, name: "Halmos Veronika" }).waitFor();
    await name(second).fill("Halmos Verus");
    await name(second).press("Tab");
    await details(second).getByText("Someone else entered meanwhile: Halmos Veronika").waitFor();
    assert.equal(await name(second).inputValue(), "Halmos Verus");
    await details(second).getByRole("button", { name: "Keep mine" }).click();
    await second.getByRole("heading", { level: 1, name: "Halmos Verus" }).waitFor();
    second.complaints = second.complaints.filter(text => !text.includes("409"));
    await finish(second);
    await finish(page);
});

test("a new person is made from a datasheet, whose page and row then lead to them", async () => {
    const page = await app.open(sheet);
    await page.getByRole("button", { name: "Clear" }).first().click();
    const contact = page.getByRole("combobox", { name: "Contact", exact: true });
    await contact.pressSequentially("Vadas Hedvig");
    await page.getByRole("option", { name: "New contact: Vadas Hedvig" }).click();
    const dialog = page.getByRole("dialog", { name: "New contact" });
    assert.equal(await dialog.getByRole("textbox", { name: "Name" }).inputValue(), "Vadas Hedvig");
    await dialog.getByRole("textbox", { name: "E-mail" }).fill("hedvig@vadas.example");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    const link = details(page).getByRole("link", { name: "Vadas Hedvig" });
    await link.waitFor();
    // Stored, and not only shown: clearing it before has an entry of its own.
    await page.getByRole("status").getByText("Contact: Vadas Hedvig").waitFor();
    await page.reload();
    await ready(page);
    await link.click();
    await page.getByRole("heading", { level: 1, name: "Vadas Hedvig" }).waitFor();
    await page.getByRole("region", { name: "Datasheets", exact: true }).locator(`a[href='${sheet}']`).click();
    await page.locator(".datasheet-page").waitFor();
    await finish(page);
});

test("a likely duplicate is shown while a contact is typed and taken in its place", async () => {
    const page = await app.open(other);
    await page.getByRole("button", { name: "Clear" }).first().click();
    await page.getByRole("combobox", { name: "Contact", exact: true }).pressSequentially("Szomogyi");
    await page.getByRole("option", { name: "New contact: Szomogyi" }).click();
    const dialog = page.getByRole("dialog", { name: "New contact" });
    await dialog.getByRole("textbox", { name: "Phone" }).fill("06 20 555-0192");
    await dialog.getByText("same phone").waitFor();
    await dialog.getByRole("button", { name: "Take it: Somogyi Kristóf" }).click();
    await details(page).getByRole("link", { name: "Somogyi Kristóf" }).waitFor();
    await finish(page);
});

test("a person becomes a business, and that is undone; who belongs to one stays a person", async () => {
    const page = await app.open("/contacts");
    await page.getByRole("button", { name: "New contact" }).click();
    const dialog = page.getByRole("dialog", { name: "New contact" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Tölgyes Asztalos");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Tölgyes Asztalos" }).waitFor();
    await page.getByRole("button", { name: "Make it a business" }).click();
    await details(page).getByRole("textbox", { name: "Tax number" }).waitFor();
    await page.getByRole("button", { name: "Make it a person" }).waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).last().click();
    await page.getByRole("button", { name: "Make it a business" }).waitFor();
    await openContact(page, "Pálfi Ágota");
    await page.getByRole("button", { name: "Make it a business" }).click();
    await toast(page).getByText("A person who belongs to a business cannot be one").waitFor();
    page.complaints = page.complaints.filter(text => !text.includes("409"));
    await finish(page);
});

test("a likely duplicate is shown in the form of a new datasheet", async () => {
    const page = await app.open("/");
    await page.getByRole("button", { name: "New datasheet" }).click();
    const dialog = page.getByRole("dialog", { name: "New datasheet" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("bakonyi malom kft");
    await dialog.getByText("same name").waitFor();
    await dialog.getByRole("button", { name: "Take it: Bakonyi Malom Kft." }).click();
    await dialog.getByRole("link", { name: "Bakonyi Malom Kft." }).waitFor();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await toast(page).getByText(/bakonyi malom kft/).waitFor();
    await finish(page);
});

test("two contacts are merged as the preview says, and taken apart again from the history", async () => {
    const page = await app.open("/contacts");
    await openContact(page, "Pálfi Ágota");
    const sheets = () => page.getByRole("region", { name: "Datasheets", exact: true }).getByRole("listitem").count();
    const before = await sheets();
    await page.getByRole("button", { name: "Merge: Palfi Agota" }).click();
    const dialog = page.getByRole("dialog", { name: "Merge two contacts" });
    await dialog.getByRole("heading", { name: "What comes of it" }).waitFor();
    await dialog.getByText(/What moves: datasheets [1-9]/).waitFor();
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    const merged = history(page).getByText("merged the contact “Palfi Agota” into it");
    await merged.waitFor();
    await eventually(async () => assert.ok(await sheets() > before));
    await page.reload();
    await ready(page);
    await history(page).getByRole("listitem").filter({ has: page.getByText("merged the contact “Palfi Agota” into it") }).getByRole("button", { name: /^Undo/ }).click();
    await page.getByRole("button", { name: "Merge: Palfi Agota" }).waitFor();
    await becomes(sheets, before);
    await finish(page);
});

test("the pages of contacts are in Hungarian too", async () => {
    const page = await app.open("/contacts", { locale: "hu-HU" });
    await page.getByRole("heading", { level: 1, name: "Kontaktok" }).waitFor();
    await page.getByRole("link", { name: "Pálfi Ágota" }).or(page.getByRole("link", { name: "További kontaktok" })).first().waitFor();
    await page.getByRole("button", { name: "Új kontakt" }).click();
    await page.getByRole("dialog", { name: "Új kontakt" }).getByRole("textbox", { name: "Név" }).fill("Pálfi Ágota");
    await page.getByText("azonos név").first().waitFor();
    await finish(page);
});

test("the list and the page of a contact are read, and searched, without JavaScript", async () => {
    const page = await app.open("/contacts", { javaScript: false });
    await page.getByRole("searchbox", { name: "Search" }).fill("palfi");
    await page.keyboard.press("Enter");
    await list(page).getByRole("link", { name: "Pálfi Ágota" }).click();
    await page.getByRole("heading", { level: 1, name: "Pálfi Ágota" }).waitFor();
    await finish(page);
});

for (const scheme of ["light", "dark"]) {
    test(`axe finds nothing to say against contacts, ${scheme}, also at 360 px`, async () => {
        const page = await app.open("/contacts", { scheme, width: 360, height: 740, touch: true });
        const look = async part => {
            await noViolations(page, { what: part });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wide <= 0, `${part} is ${wide} px too wide`);
        };
        await look("the list");
        await page.getByRole("button", { name: "New contact" }).click();
        await page.getByRole("dialog", { name: "New contact" }).getByRole("textbox", { name: "Name" }).fill("Pálfi Ágota");
        await page.getByText("same name").first().waitFor();
        await look("a new contact");
        await page.keyboard.press("Escape");
        await openContact(page, "Bakonyi Malom Kft.");
        await look("a business");
        await openContact(page, "Pálfi Ágota");
        await page.getByRole("button", { name: "Merge: Palfi Agota" }).waitFor();
        await look("a person");
        await page.getByRole("button", { name: "Merge: Palfi Agota" }).click();
        await page.getByRole("heading", { name: "What comes of it" }).waitFor();
        await look("a merge");
        await page.keyboard.press("Escape");
        await finish(page);
    });
}
