mod batches;
mod checkpoint;
mod dying;
mod flow;
mod meaning;
mod trouble;
mod world;
