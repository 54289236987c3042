extension Fault.Effect {
    /// Its name, as `do` has it; with the kind or the deed behind a colon where there are several.
    var name: String {
        switch self {
        case .delay: "delay"
        case .status(let status, _, _, _): "status:\(status)"
        case .error(let kind): "error:\(kind.rawValue)"
        case .html503: "html_503"
        case .redirect: "redirect"
        case .malformedJSON: "malformed_json"
        case .truncate: "truncate"
        case .wrongLength: "wrong_length"
        case .oversize: "oversize"
        case .slowBody: "slow_body"
        case .resetBeforeRequest: "reset_before_request"
        case .resetBeforeApply: "reset_before_apply"
        case .resetAfterApply: "reset_after_apply"
        case .resetMidBody: "reset_mid_body"
        case .closeAfterBody: "close_after_body"
        case .lateApply: "late_apply"
        case .expireSession: "expire_session"
        case .noRoute: "no_route"
        case .noAnswer: "no_answer"
        case .meanwhile(let deed, _, _): "meanwhile:\(deed.rawValue)"
        }
    }
}
