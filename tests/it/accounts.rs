//! Joining, signing in, sessions: nobody but the owner of an address gets in, and nobody learns
//! whose address is known.

use crate::support::{World, both};

both! {
    async fn somebody_joins_with_an_address_and_a_zip_and_is_signed_in(world: World) {
        let ben = world.join("ben@example.org", "02139").await;
        let home = ben.client.get("/").await.expect(303);
        assert_eq!(home.header("location"), "/home");
        let program = world.program(&ben).await;
        program.call("DELETE", "/api/v1/sessions/current", &serde_json::Value::Null).await.expect(204);
        let hq = world.staff("dee@example.org").await;
        hq.client.get("/sign-in").await.expect(303);
        let cap = world.captain("cy@example.org", "43215", "us-oh").await;
        assert_eq!(world.viewer(&cap).await.leads.len(), 1);
    }
}
