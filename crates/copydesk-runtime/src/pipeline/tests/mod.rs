mod batches;
mod checkpoint;
mod flow;
mod meaning;
mod trouble;
mod world;
