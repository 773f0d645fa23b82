//! The rows of one user's tasks, and no way to anybody else's.

use countersign::axum::Owner;
use countersign_store::{
    Database, Row, StoreError, date,
    schema::{Column, Kind, Rule, Table},
    sql::{Cond, Expr, ExprTrait, Order, Query, SelectStatement, UpdateStatement},
};
use jiff::Timestamp;

use crate::{
    body::{Change, NewTask, TaskChange},
    page::{Cursor, Page, TaskList},
    task::{Description, Task, TaskId, Title},
};

/// The one table of this service.
pub static TABLES: [Table; 1] = [Table {
    name: "task",
    columns: &[
        Column { name: "id", kind: Kind::Text, rule: Rule::Key },
        Column { name: "user_id", kind: Kind::Text, rule: Rule::Required },
        Column { name: "title", kind: Kind::Text, rule: Rule::Required },
        Column { name: "description", kind: Kind::Text, rule: Rule::Optional },
        Column { name: "completed", kind: Kind::Boolean, rule: Rule::Required },
        Column { name: "created_at", kind: Kind::Date, rule: Rule::Required },
        Column { name: "updated_at", kind: Kind::Date, rule: Rule::Required },
    ],
    indexes: &[&["user_id", "created_at", "id"]],
}];

const COLUMNS: [&str; 7] =
    ["id", "user_id", "title", "description", "completed", "created_at", "updated_at"];

/// Whether the database answers.
pub(crate) async fn answers(database: &Database) -> Result<(), StoreError> {
    let select = Query::select().column("id").from("task").limit(1).take();
    database.fetch_optional(&select).await.map(|_| ())
}

/// The tasks of one verified user. Every statement is theirs alone.
pub struct TaskRows<'a> {
    database: &'a Database,
    user_id: &'a str,
}

impl<'a> TaskRows<'a> {
    /// The rows of this owner: somebody whom the guard let in at their own address.
    pub fn of(database: &'a Database, owner: &'a Owner) -> Self {
        Self { database, user_id: owner.subject() }
    }

    pub(crate) async fn list(&self, page: &Page) -> Result<TaskList, StoreError> {
        let mut filter = Cond::all().add(self.mine());
        if let Some(completed) = page.completed {
            filter = filter.add(Expr::col("completed").eq(completed));
        }
        let count = Query::select()
            .expr_as(Expr::col("id").count(), "total")
            .from("task")
            .cond_where(filter.clone())
            .take();
        let mut select = Self::select();
        select
            .cond_where(filter)
            .order_by("created_at", Order::Desc)
            .order_by("id", Order::Desc)
            .limit(page.limit + 1);
        if let Some(cursor) = page.cursor {
            select.cond_where(behind(cursor));
        }
        let total = match self.database.fetch_optional(&count).await? {
            Some(row) => row.integer("total")?,
            None => 0,
        };
        let rows = self.database.fetch_all(&select).await?;
        let mut items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|task| Cursor::behind(task).to_text());
        Ok(TaskList { items, total, next_cursor })
    }

    pub(crate) async fn find(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        let mut select = Self::select();
        select.cond_where(self.one(id));
        self.database.fetch_optional(&select).await?.as_ref().map(read).transpose()
    }

    pub(crate) async fn add(&self, new: NewTask, now: Timestamp) -> Result<Task, StoreError> {
        let task = Task {
            id: TaskId::random(),
            user_id: self.user_id.to_owned(),
            title: new.title,
            description: new.description,
            completed: new.completed.unwrap_or(false),
            created_at: now,
            updated_at: now,
        };
        let insert = Query::insert()
            .into_table("task")
            .columns(COLUMNS)
            .values_panic([
                task.id.to_string().into(),
                task.user_id.as_str().into(),
                task.title.as_str().into(),
                task.description.as_ref().map(|text| text.as_str().to_owned()).into(),
                task.completed.into(),
                date(now).into(),
                date(now).into(),
            ])
            .take();
        self.database.execute(&insert).await?;
        Ok(task)
    }

    /// Changes what is given, in one statement; `None` when there is no such task.
    pub(crate) async fn change(
        &self,
        id: TaskId,
        change: TaskChange,
        now: Timestamp,
    ) -> Result<Option<Task>, StoreError> {
        let mut update = self.update(id, now);
        if let Some(title) = &change.title {
            update.value("title", title.as_str());
        }
        if let Change::To(description) = &change.description {
            update.value("description", description.as_ref().map(|text| text.as_str().to_owned()));
        }
        if let Some(completed) = change.completed {
            update.value("completed", completed);
        }
        self.run(id, &update).await
    }

    /// Completes the task, or takes that back, in one statement: two at once cancel each other out.
    pub(crate) async fn toggle(
        &self,
        id: TaskId,
        now: Timestamp,
    ) -> Result<Option<Task>, StoreError> {
        let mut update = self.update(id, now);
        update.value("completed", Expr::col("completed").not());
        self.run(id, &update).await
    }

    /// Whether there was one to delete.
    pub(crate) async fn delete(&self, id: TaskId) -> Result<bool, StoreError> {
        let delete = Query::delete().from_table("task").cond_where(self.one(id)).take();
        Ok(self.database.execute(&delete).await? > 0)
    }

    /// The statement and the look at its outcome are one transaction.
    async fn run(&self, id: TaskId, update: &UpdateStatement) -> Result<Option<Task>, StoreError> {
        let mut select = Self::select();
        select.cond_where(self.one(id));
        let mut transaction = self.database.begin().await?;
        transaction.execute(update).await?;
        let row = transaction.fetch_optional(&select).await?;
        transaction.commit().await?;
        row.as_ref().map(read).transpose()
    }

    fn select() -> SelectStatement {
        Query::select().columns(COLUMNS).from("task").take()
    }

    fn update(&self, id: TaskId, now: Timestamp) -> UpdateStatement {
        Query::update().table("task").value("updated_at", date(now)).cond_where(self.one(id)).take()
    }

    /// What every statement on rows asks for.
    fn mine(&self) -> Expr {
        Expr::col("user_id").eq(self.user_id)
    }

    fn one(&self, id: TaskId) -> Cond {
        Cond::all().add(self.mine()).add(Expr::col("id").eq(id.to_string()))
    }
}

fn behind(cursor: Cursor) -> Cond {
    let same_time = Cond::all()
        .add(Expr::col("created_at").eq(date(cursor.created_at)))
        .add(Expr::col("id").lt(cursor.id.to_string()));
    Cond::any().add(Expr::col("created_at").lt(date(cursor.created_at))).add(same_time)
}

fn read(row: &Row) -> Result<Task, StoreError> {
    let wrong = |column: &str| StoreError::UnexpectedValue {
        column: column.to_owned(),
        found: "another text",
        expected: "what this service writes",
    };
    let description = row.optional_text("description")?;
    let description = description.map(|text| Description::parse(&text)).transpose();
    Ok(Task {
        id: TaskId::parse(&row.text("id")?).ok_or_else(|| wrong("id"))?,
        user_id: row.text("user_id")?,
        title: Title::parse(&row.text("title")?).map_err(|_| wrong("title"))?,
        description: description.map_err(|_| wrong("description"))?,
        completed: row.boolean("completed")?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
    })
}
