//! A stage, whatever the kind of its plugin.

/// The trait `Stage` for a type whose only field is `pool`, shared by all its forks.
macro_rules! stage_over_a_pool {
    ($name:ident) => {
        impl ::copydesk_core::Stage for $name {
            fn process(
                &mut self,
                article: &mut ::copydesk_core::Article,
            ) -> Result<::copydesk_core::Verdict, ::copydesk_core::StageError> {
                self.pool.process_one(article)
            }

            fn fork(&self) -> Option<Box<dyn ::copydesk_core::Stage>> {
                Some(Box::new($name { pool: ::std::sync::Arc::clone(&self.pool) }))
            }

            fn batching(&self) -> Option<::copydesk_core::Batching> {
                Some(self.pool.batching())
            }

            fn meter(&self) -> Option<::std::sync::Arc<dyn ::copydesk_core::Meter>> {
                Some(self.pool.meter())
            }

            fn process_batch(
                &mut self,
                articles: &mut [&mut ::copydesk_core::Article],
            ) -> Vec<Result<::copydesk_core::Verdict, ::copydesk_core::StageError>> {
                self.pool.process_batch(articles)
            }
        }
    };
}
pub(crate) use stage_over_a_pool;
