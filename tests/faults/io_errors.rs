//! EIO and short writes from the calls that make things durable.
