//! A refusal becomes the exception `countersign.Refusal`.

use countersign::Refused;
use http::header::HeaderMap;
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyBytes, PyDict, PyType},
};

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The exception, or the error that kept it from being made.
pub(crate) fn exception(py: Python<'_>, refused: &Refused) -> PyErr {
    match build(py, refused) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

fn build<'py>(py: Python<'py>, refused: &Refused) -> PyResult<Bound<'py, PyAny>> {
    let members = PyDict::new(py);
    members.set_item("status", refused.status().as_u16())?;
    members.set_item("code", refused.refusal().code())?;
    members.set_item("detail", refused.to_string())?;
    members.set_item("headers", headers(py, &refused.headers())?)?;
    members.set_item("body", PyBytes::new(py, refused.body().as_bytes()))?;
    members.set_item("cause", refused.refusal().cause())?;
    members.set_item("reference", refused.reference().to_string())?;
    CLASS.import(py, "countersign._errors", "Refusal")?.call((), Some(&members))
}

fn headers<'py>(py: Python<'py>, headers: &HeaderMap) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in headers {
        dict.set_item(name.as_str(), String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok(dict)
}
