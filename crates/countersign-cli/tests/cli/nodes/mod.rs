//! Several servers as one service: the files of `deploy/`, run on this machine.

mod behind_nginx;
mod files;
mod restarts;
mod stack;
