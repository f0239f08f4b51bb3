//! Statements whose text is always the same, so that a connection prepares each of them once.
//!
//! The query builder writes a statement over many rows with a place for every value, and so anew for
//! every number of rows; each is parsed and planned again. The hot statements are declared here
//! instead: over columns as arrays on PostgreSQL, over one row at a time on SQLite.

/// Declares such a statement: its backend, the SQL before its values, the values in their order with
/// the SQL type of each, the SQL behind them, and the types of the columns it gives back.
///
/// The text must be a constant: values go nowhere but into places for values.
macro_rules! prepared {
    (
        $(#[$doc:meta])*
        $name:ident on $backend:ty = $before:literal
        { $($field:ident: $value:ty => $kind:ty),+ $(,)? }
        $after:literal gives $given:ty
    ) => {
        $(#[$doc])*
        pub struct $name<'a> {
            $(pub $field: &'a $value),+
        }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $given;
        }

        impl<C> diesel::RunQueryDsl<C> for $name<'_> {}

        impl<'a> diesel::query_builder::QueryFragment<$backend> for $name<'a> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, $backend>,
            ) -> diesel::QueryResult<()> {
                out.push_sql($before);
                let mut between = "";
                $(
                    out.push_sql(between);
                    out.push_bind_param::<$kind, $value>(self.$field)?;
                    between = ", ";
                )+
                let _ = between;
                out.push_sql($after);
                Ok(())
            }
        }
    };
}
pub(crate) use prepared;
