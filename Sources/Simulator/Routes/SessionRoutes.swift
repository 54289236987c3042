/// Sessions: the only service that is quite different in the two dialects.
enum SessionRoutes {
    private static let service = "com.vmware.cis.session"
    private static let rest = "/rest/com/vmware/cis/session"
    private static let api = "/api/session"

    static let routes: [Route] = [
        Route(
            .createSession,
            service,
            "create",
            rest: .init(method: "POST", path: rest),
            api: .init(method: "POST", path: api),
            body: .session
        ).creating(),
        Route(
            .getSession,
            service,
            "get",
            rest: .init(method: "POST", path: rest, action: "get", actionParameter: "~action"),
            api: .init(method: "GET", path: api),
            body: .session
        ),
        Route(
            .deleteSession,
            service,
            "delete",
            rest: .init(method: "DELETE", path: rest),
            api: .init(method: "DELETE", path: api),
            body: .session
        ),
    ]
}
