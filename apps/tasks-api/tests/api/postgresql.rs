//! The FastAPI service with its tasks in PostgreSQL: nothing is different.

use crate::{fixture::Service, isolation, operations, pages};

#[test]
fn operations() {
    let service = Service::FastApiOnPostgres;
    operations::a_task_is_added_seen_changed_completed_and_deleted(service);
    operations::the_service_says_that_it_is_alive_and_ready(service);
}

#[test]
fn pages() {
    let service = Service::FastApiOnPostgres;
    pages::walking_through_the_pages_meets_every_task_once_the_newest_first(service);
    pages::a_list_can_be_of_completed_tasks_or_of_others(service);
}

#[test]
fn isolation() {
    let service = Service::FastApiOnPostgres;
    isolation::lists_and_totals_hold_the_users_own_tasks_only(service);
    isolation::t244_a_task_of_somebody_else_is_answered_like_one_that_does_not_exist(service);
}
