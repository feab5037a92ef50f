//! The robot "HTTP request": asks a server outside and gives its answer to later robots.

use stagewright_sdk::prelude::*;

/// Longest result `value`, in bytes of the JSON that it becomes. All results together have 64 KiB,
/// and one that is too long for them would fail the robot after the server has acted.
const VALUE_BYTES_MAX: usize = 32_000;
/// Longest result `body`, in bytes of the JSON that it becomes.
const BODY_BYTES_MAX: usize = 16_000;

/// What to ask, and what of the answer counts.
#[derive(Debug, Settings)]
pub struct HttpRequest {
    /// The method.
    #[setting(kind = "choice", default = "POST")]
    #[label(en = "Method", ru = "Метод", uk = "Метод")]
    #[choice(value = "GET", en = "GET", ru = "GET", uk = "GET")]
    #[choice(value = "POST", en = "POST", ru = "POST", uk = "POST")]
    #[choice(value = "PUT", en = "PUT", ru = "PUT", uk = "PUT")]
    #[choice(value = "PATCH", en = "PATCH", ru = "PATCH", uk = "PATCH")]
    #[choice(value = "DELETE", en = "DELETE", ru = "DELETE", uk = "DELETE")]
    pub method: String,
    /// The address.
    #[setting(kind = "template", required, max = 2048)]
    #[label(en = "Address", ru = "Адрес", uk = "Адреса")]
    pub url: String,
    /// Headers, each `Name: value`.
    #[setting(kind = "template", max = 2048)]
    #[label(en = "Headers", ru = "Заголовки", uk = "Заголовки")]
    #[help(
        en = "Each as “Name: value”.",
        ru = "Каждый в виде «Имя: значение».",
        uk = "Кожен у вигляді «Ім’я: значення»."
    )]
    pub headers: Vec<String>,
    /// The body.
    #[setting(kind = "template", default = "", max = 20000)]
    #[label(en = "Body", ru = "Тело запроса", uk = "Тіло запиту")]
    pub body: String,
    /// What of a JSON answer becomes the result `value`.
    #[setting(max = 256)]
    #[label(
        en = "Value to take from the answer",
        ru = "Значение из ответа",
        uk = "Значення з відповіді"
    )]
    #[help(
        en = "A path in a JSON answer, for example data.items.0.id",
        ru = "Путь в ответе JSON, например data.items.0.id",
        uk = "Шлях у відповіді JSON, наприклад data.items.0.id"
    )]
    pub take: Option<String>,
    /// The statuses that are a success: `200`, or `2xx` for a hundred of them.
    #[setting(max = 3, default = ["2xx"])]
    #[label(en = "Statuses of success", ru = "Успешные статусы", uk = "Успішні статуси")]
    pub success: Vec<String>,
    /// Whether to ask again where the server is out of order or its answer is lost.
    #[setting(default = true)]
    #[label(en = "Try again", ru = "Повторять при сбое", uk = "Повторювати в разі збою")]
    #[help(
        en = "After a lost answer and the statuses 408, 429 and 5xx.",
        ru = "При потере ответа и статусах 408, 429 и 5xx.",
        uk = "У разі втрати відповіді та статусів 408, 429 і 5xx."
    )]
    pub retry: bool,
}

/// The answer.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Answer {
    /// The status.
    #[label(en = "Status", ru = "Статус", uk = "Статус")]
    pub status: u16,
    /// What `take` names; texts as they are, anything else as JSON; cut where it is long.
    #[label(en = "Value", ru = "Значение", uk = "Значення")]
    pub value: String,
    /// The body, cut where it is long.
    #[label(en = "Body", ru = "Тело ответа", uk = "Тіло відповіді")]
    pub body: String,
}

impl Robot for HttpRequest {
    type Results = Answer;

    const ID: &'static str = "http-request";
    const NAME: Text = Text::new("HTTP request", "HTTP-запрос", "HTTP-запит");
    const DESCRIPTION: Text = Text::new(
        "Asks a server outside. Later robots can insert its answer.",
        "Отправляет запрос внешнему серверу. Следующие роботы могут вставить его ответ.",
        "Надсилає запит зовнішньому серверу. Наступні роботи можуть вставити його відповідь.",
    );
    const GROUP: &'static str = "data";

    fn run(&self, cx: &Run) -> Outcome<Answer> {
        let response = cx.fetch(&self.request()?).map_err(|error| Failure {
            retryable: error.retryable && self.retry,
            ..error.into()
        })?;
        if !self.success.iter().any(|pattern| covers(pattern, response.status)) {
            return Err(self.refused(&response));
        }

        let body = response.text();
        let value =
            self.take.as_deref().map(|path| taken(&body, path)).transpose()?.unwrap_or_default();

        done(Answer {
            status: response.status,
            value: cut(&value, VALUE_BYTES_MAX),
            body: cut(&body, BODY_BYTES_MAX),
        })
    }
}

impl HttpRequest {
    fn request(&self) -> Result<Request, Failure> {
        let mut request = Request::new(&self.method, self.url.trim(), self.body.as_str());
        for line in self.headers.iter().filter(|line| !line.trim().is_empty()) {
            let Some((name, value)) = line.split_once(':') else {
                return Err(Failure::permanent(
                    "bad-header",
                    format!("`{line}` is no header; write Name: value"),
                )
                .in_setting("headers"));
            };
            request = request.header(name.trim(), value.trim());
        }

        let has_type =
            request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type"));
        Ok(if has_type || self.body.is_empty() {
            request
        } else {
            request.header("Content-Type", "application/json")
        })
    }

    /// What a status that is no success means.
    fn refused(&self, response: &Response) -> Failure {
        let message = format!(
            "the server answered {}: {}",
            response.status,
            response.text().chars().take(300).collect::<String>()
        );
        let failure = Failure::permanent("http-status", message);

        let again = matches!(response.status, 408 | 429 | 500..=599) && self.retry;
        let after = response.header("Retry-After").and_then(|seconds| seconds.trim().parse().ok());
        match (again, after) {
            (true, Some(seconds)) => Failure { retryable: true, ..failure }.after(seconds),
            (retryable, _) => Failure { retryable, ..failure },
        }
    }
}

/// Whether a status is meant: `204`, or `2xx`.
fn covers(pattern: &str, status: u16) -> bool {
    let status = status.to_string();
    pattern.len() == status.len()
        && pattern
            .chars()
            .zip(status.chars())
            .all(|(wanted, digit)| wanted == digit || wanted == 'x')
}

/// A value in a JSON answer.
fn taken(body: &str, path: &str) -> Result<String, Failure> {
    let failure = |message: String| Failure::permanent("no-value", message).in_setting("take");
    let answer: Value = serde_json::from_str(body)
        .map_err(|cause| failure(format!("the answer is no JSON: {cause}")))?;

    let step = |value: &Value, key: &str| match value {
        Value::Array(entries) => entries.get(key.parse::<usize>().ok()?).cloned(),
        other => other.get(key).cloned(),
    };

    let found = path.split('.').try_fold(answer, |value, key| step(&value, key));
    match found {
        None => Err(failure(format!("the answer has no `{path}`"))),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Ok(other.to_string()),
    }
}

/// The first characters of a text, as many as make no more than `bytes_max` bytes inside a JSON
/// text.
fn cut(text: &str, bytes_max: usize) -> String {
    let in_json = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        other => other.len_utf8(),
    };

    let sum = text.chars().scan(0, |sum, character| {
        *sum += in_json(character);
        Some((character, *sum))
    });
    sum.take_while(|(_, sum)| *sum <= bytes_max).map(|(character, _)| character).collect()
}

plugin! { robots: [HttpRequest] }
