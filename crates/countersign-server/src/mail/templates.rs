//! Templates: two for each kind of mail, `KIND.txt` and `KIND.html`, in Jinja's language.
//!
//! The text begins with `Subject: …` and an empty line; the subject is rendered by itself. What ends in `.html` is escaped as HTML. The
//! ones that come with the server can be replaced by files of the same name in a folder; each of them
//! is tried at the start, so that a mistake stops the server and not the first mail.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::SignedDuration;
use minijinja::{Environment, UndefinedBehavior, context};

use super::{Mail, MailKind};
use crate::settings::MailSettings;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),*]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in![
    "layout.html",
    "reset-password.html",
    "reset-password.txt",
    "verify-email.html",
    "verify-email.txt",
    "change-email-confirmation.html",
    "change-email-confirmation.txt",
    "delete-account.html",
    "delete-account.txt",
];

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A file in the folder cannot be read.
    #[error("cannot read the mail template {}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The folder has a file that is no template's name.
    #[error("{} is no mail template; the names are those of the page about e-mail", path.display())]
    Unknown {
        /// Which.
        path: PathBuf,
    },
    /// The template is not written in the language, or uses what is not there.
    #[error("the mail template {name} cannot be used: {cause:#}")]
    Template {
        /// Which.
        name: String,
        /// Why, and where.
        cause: minijinja::Error,
    },
    /// The text has no subject.
    #[error("the mail template {name} does not begin with `Subject: …` and an empty line")]
    NoSubject {
        /// Which.
        name: String,
    },
}

/// A mail as people read it.
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

pub(super) struct Templates {
    environment: Environment<'static>,
    app_name: String,
    app_url: String,
}

impl Templates {
    pub(super) fn load(settings: &MailSettings, app_url: &str) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in BUILT_IN {
            add(&mut environment, name, source)?;
        }
        if let Some(folder) = &settings.templates {
            add_folder(&mut environment, folder)?;
        }
        let app_name = settings.app_name.clone();
        let templates = Self { environment, app_name, app_url: app_url.to_owned() };
        for kind in MailKind::ALL {
            templates.write(&sample(kind))?;
        }
        Ok(templates)
    }

    pub(super) fn write(&self, mail: &Mail) -> Result<Written, TemplateError> {
        let words = context! {
            app_name => self.app_name.as_str(),
            app_url => self.app_url.as_str(),
            email => mail.to.as_str(),
            name => mail.name.as_str(),
            url => mail.url.as_deref(),
            otp => mail.otp.as_deref(),
            new_email => mail.new_email.as_deref(),
            good_for => in_words(mail.good_for),
        };
        let render = |ending: &str| {
            let name = format!("{}.{ending}", mail.kind.name());
            let rendered = self.environment.get_template(&name);
            match rendered.and_then(|template| template.render(&words)) {
                Ok(rendered) => Ok(rendered),
                Err(cause) => Err(TemplateError::Template { name, cause }),
            }
        };
        let subject = one_line(&render("subject")?);
        Ok(Written { subject, text: render("txt")?, html: render("html")? })
    }
}

fn add(
    environment: &mut Environment<'static>,
    name: &str,
    source: &str,
) -> Result<(), TemplateError> {
    let mut add = |name: String, source: &str| {
        environment
            .add_template_owned(name.clone(), source.to_owned())
            .map_err(|cause| TemplateError::Template { name, cause })
    };
    let Some(kind) = name.strip_suffix(".txt") else { return add(name.to_owned(), source) };
    let (subject, text) =
        split_subject(source).ok_or_else(|| TemplateError::NoSubject { name: name.to_owned() })?;
    add(format!("{kind}.subject"), subject)?;
    add(name.to_owned(), text)
}

fn add_folder(environment: &mut Environment<'static>, folder: &Path) -> Result<(), TemplateError> {
    let unreadable = |path: &Path, cause| TemplateError::File { path: path.to_owned(), cause };
    let entries = fs::read_dir(folder).map_err(|cause| unreadable(folder, cause))?;
    for entry in entries {
        let path = entry.map_err(|cause| unreadable(folder, cause))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !BUILT_IN.iter().any(|(known, _)| *known == name) {
            return Err(TemplateError::Unknown { path });
        }
        let source = fs::read_to_string(&path).map_err(|cause| unreadable(&path, cause))?;
        add(environment, &name, &source)?;
    }
    Ok(())
}

/// The first line is a template of its own: what is put into it cannot end it.
fn split_subject(source: &str) -> Option<(&str, &str)> {
    let source = source.strip_prefix("Subject:")?;
    let (subject, text) = source.split_once("\n\n").or_else(|| source.split_once("\r\n\r\n"))?;
    let is_one_line = !subject.trim().is_empty() && !subject.contains('\n');
    is_one_line.then_some((subject.trim(), text))
}

/// Whatever breaks a line would begin a header of its own.
fn one_line(subject: &str) -> String {
    subject.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ")
}

fn sample(kind: MailKind) -> Mail {
    Mail {
        kind,
        to: "ann@example.com".to_owned(),
        name: "Ann".to_owned(),
        url: Some("https://app.example.com/".to_owned()),
        token: None,
        otp: Some("123456".to_owned()),
        new_email: Some("bea@example.com".to_owned()),
        good_for: SignedDuration::from_hours(1),
    }
}

/// `1 hour`, `90 minutes`, `2 days`: the largest unit without a rest.
fn in_words(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let (number, unit) = [(86_400, "day"), (3_600, "hour"), (60, "minute")]
        .into_iter()
        .find(|(unit, _)| seconds > 0 && seconds % unit == 0)
        .map_or((seconds, "second"), |(unit, name)| (seconds / unit, name));
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{in_words, one_line, split_subject};

    #[test]
    fn spans_are_said_in_the_largest_unit_without_a_rest() {
        let spans =
            [(3_600, "1 hour"), (86_400, "1 day"), (5_400, "90 minutes"), (61, "61 seconds")];
        for (seconds, words) in spans {
            assert_eq!(in_words(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn a_text_begins_with_its_subject() {
        let (subject, text) = split_subject("Subject: a {{ b }}\n\ntext\n").expect("a subject");
        assert_eq!((subject, text), ("a {{ b }}", "text\n"));
        for bad in ["", "text", "Subject:\n\nx", "Subject: a\ntext", "Subject: a\nb\n\nx"] {
            assert!(split_subject(bad).is_none(), "{bad}");
        }
        assert_eq!(one_line("a\r\nBcc: b\u{2028}c"), "a  Bcc: b c");
    }
}
