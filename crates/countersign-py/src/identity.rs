//! The verified user.

use countersign::{Claims, Identity};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList, PyTuple},
};
use serde_json::Value;

/// The verified holder of a token. Only `Guard.admit` makes one.
#[pyclass(frozen, module = "countersign", name = "Identity")]
pub(crate) struct PyIdentity {
    pub(crate) identity: Identity,
}

#[pymethods]
impl PyIdentity {
    /// The user's id: the claim `sub`, never empty.
    #[getter]
    fn subject(&self) -> &str {
        self.identity.subject()
    }

    /// The session the token was made from: the claim `sid`, else `sessionId`.
    #[getter]
    fn session(&self) -> Option<&str> {
        self.identity.session()
    }

    /// The scopes of the token, or the guard's default scopes when the token has no claim `scope`.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.identity.scopes().collect::<Vec<_>>())
    }

    /// The roles of the token: the claim `role`.
    #[getter]
    fn roles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.identity.roles().collect::<Vec<_>>())
    }

    /// Everything the token says, as a dictionary of the caller's own.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let claims = self.identity.claims().map(Claims::as_map);
        for (name, value) in claims.into_iter().flatten() {
            dict.set_item(name, python(py, value)?)?;
        }
        Ok(dict)
    }

    /// Whether the scope is among them, compared exactly.
    fn has_scope(&self, name: &str) -> bool {
        self.identity.has_scope(name)
    }

    /// Whether the role is among them, compared exactly.
    fn has_role(&self, name: &str) -> bool {
        self.identity.has_role(name)
    }

    /// Shows who, not what: the rest is personal data.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let subject = self.identity.subject().into_pyobject(py)?.repr()?;
        Ok(format!("Identity(subject={subject})"))
    }
}

/// A claim as Python's `json` would read it. A token has at most 16 levels.
fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(yes) => yes.into_pyobject(py)?.to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => number.as_f64().into_pyobject(py)?,
        },
        Value::String(text) => text.into_pyobject(py)?.into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| python(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, member) in members {
                dict.set_item(name, python(py, member)?)?;
            }
            dict.into_any()
        }
    })
}
