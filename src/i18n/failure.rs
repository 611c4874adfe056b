//! The page that stands there when nothing else can be shown.

texts! {
    busy: "Most nem elérhető", "Not available right now";
    failed: "Hiba történt", "Something went wrong";
    retry: "Próbálja újra", "Try again";
    request_id: "A kérés azonosítója:", "The request's id:";
}
