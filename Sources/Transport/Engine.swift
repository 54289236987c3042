import Buffers
import CCurlShims

/// libcurl at run time: one multi handle, the easy handles that it reuses, and the transfer of each.
final class Engine {
    /// libcurl's multi handle.
    let multi: UnsafeMutableRawPointer
    private let share: UnsafeMutableRawPointer
    private var handles: [EasyHandle] = []
    private var transfers: [Transfer?] = []
    /// Handles without a transfer.
    ///
    /// The last one used is the first to be reused: it is warm.
    private var idle: [EasyHandle] = []
    private var lastURL = vm_url_memory()
    /// Few: a list needs no table of its type at run time, which costs as much as a hundred look-ups.
    private var materials: [TrustMaterial] = []

    /// Opens libcurl.
    init(connectionLimit: Int) throws(TransportError) {
        try LibCurl.open()
        guard let multi = vm_curl_multi_new() else { throw .outOfMemory }
        guard let share = vm_curl_share_new() else {
            vm_curl_multi_free(multi)
            throw .outOfMemory
        }
        self.multi = multi
        self.share = share
        try set(connectionLimit: connectionLimit)
    }

    deinit {
        for transfer in running { detach(transfer) }
        idle = []
        handles = []
        vm_curl_multi_free(multi)
        vm_curl_share_free(share)
    }

    /// The number of running transfers.
    var count: Int { handles.count - idle.count }

    /// The running transfers.
    var running: some Sequence<Transfer> { transfers.lazy.compactMap { $0 } }

    /// The handle that carries a running transfer.
    func handle(of slot: Int) -> EasyHandle { handles[slot] }

    /// Sets how many connections are kept open for later requests.
    func set(connectionLimit: Int) throws(TransportError) {
        let code = vm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionLimit)
        guard code == CURLM_OK else { throw .loop(code) }
    }

    /// Starts a transfer; nothing is sent before the next `perform`.
    func add(_ transfer: Transfer) throws(TransportError) {
        var url = vm_url()
        guard vm_url_read_next(transfer.request.url.pointer, &url, &lastURL) else {
            throw TransportError(
                .invalidRequest,
                "the URL is not one of http or https that can be sent",
                mayHaveBeenSent: false
            )
        }
        let easy: EasyHandle
        if let warm = idle.popLast() { easy = warm } else { easy = try makeHandle() }
        do throws(TransportError) {
            // http has no trust rule, and a look-up costs more than this comparison.
            let isNew = url.is_https && easy.trust != transfer.request.trust
            let material = isNew ? try material(for: transfer.request.trust) : nil
            try easy.begin(transfer, to: url, newTrust: material)
            let code = vm_curl_multi_add(multi, easy.raw)
            guard code == CURLM_OK else { throw .loop(code) }
        } catch {
            idle.append(easy)
            throw error
        }
        transfers[easy.slot] = transfer
        transfer.slot = easy.slot
    }

    /// Ends a transfer, finished or not; its handle may then be used again.
    func remove(_ transfer: Transfer) {
        if let easy = detach(transfer) { idle.append(easy) }
    }

    /// Does all work that is possible without waiting.
    func perform() throws(TransportError) {
        let code = vm_curl_multi_perform(multi)
        guard code == CURLM_OK else { throw .loop(code) }
    }

    /// Removes the next finished transfer, and returns it with its result.
    func nextDone() -> (Transfer, Result<Response, TransportError>)? {
        var code = CURLE_OK
        while true {
            let slot = vm_curl_next_done(multi, &code)
            guard slot >= 0 else { return nil }
            guard let transfer = transfers[slot] else { continue }
            let result = result(of: transfer, code, on: handles[slot])
            remove(transfer)
            return (transfer, result)
        }
    }

    private func result(
        of transfer: Transfer,
        _ code: CURLcode,
        on easy: EasyHandle
    ) -> Result<Response, TransportError> {
        guard code == CURLE_OK else {
            return .failure(TransportError(code, of: transfer, on: easy))
        }
        // libcurl treats an incomplete header as an answer without a body.
        guard easy.raw.pointee.block_ended else {
            return .failure(TransportError(CURLE_PARTIAL_FILE, of: transfer, on: easy))
        }
        let status = vm_curl_info_long(easy.raw, CURLINFO_RESPONSE_CODE)
        return .success(
            Response(status: status, headerBlock: transfer.headers, body: transfer.body)
        )
    }

    @discardableResult
    private func detach(_ transfer: Transfer) -> EasyHandle? {
        guard let slot = transfer.slot else { return nil }
        transfer.slot = nil
        transfers[slot] = nil
        _ = vm_curl_multi_remove(multi, handles[slot].raw)
        return handles[slot]
    }

    private func makeHandle() throws(TransportError) -> EasyHandle {
        let slot = handles.count
        guard let raw = vm_curl_easy_new(slot, share) else { throw .outOfMemory }
        let easy = EasyHandle(slot: slot, raw: raw)
        handles.append(easy)
        transfers.append(nil)
        return easy
    }

    private func material(for trust: Trust) throws(TransportError) -> TrustMaterial {
        if let known = materials.first(where: { $0.trust == trust }) { return known }
        let material = try TrustMaterial(trust, number: materials.count)
        materials.append(material)
        return material
    }
}

extension TransportError {
    /// The error of libcurl's loop itself: it concerns all transfers.
    static func loop(_ code: CURLMcode) -> TransportError {
        TransportError(
            .unavailable,
            "libcurl's loop failed (\(code.rawValue))",
            code: Int(code.rawValue),
            mayHaveBeenSent: true
        )
    }
}
