using System.Net;

namespace Leash.Gateway.Dns;

/// <summary>
/// Answers one query: local names from the machine's own configuration, permitted names from upstream, everything else NXDOMAIN at once,
/// so that a denied <c>getaddrinfo</c> fails fast. Every address that leaves here is in the <see cref="NameTable"/> first.
/// </summary>
internal sealed class DnsResolver(IDnsPolicy policy, IDnsLog log, NameTable names, HostsFile hosts, IDnsUpstream? upstream, Func<IPAddress, bool> isOwnAddress)
{
    private const uint LocalTtl = 60;
    private const int MaxAliases = 16;
    private const int MaxAddresses = 256;

    private static readonly IPAddress[] LoopbackAddresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>The reply to one message; null when it deserves none (RFC 5625 §4.1: never answer an answer).</summary>
    /// <param name="bytes">The message as received.</param>
    /// <param name="overTcp">Whether the reply may be as long as TCP allows.</param>
    /// <param name="cancellationToken">Ends the wait for upstream.</param>
    public async ValueTask<byte[]?> AnswerAsync(ReadOnlyMemory<byte> bytes, bool overTcp, CancellationToken cancellationToken)
    {
        var query = DnsMessage.Parse(bytes.Span);
        if (query is null)
        {
            return MalformedReply(bytes.Span);
        }

        if (query.IsResponse)
        {
            return null;
        }

        var opts = CountOpt(query, out var opt);
        var edns = opts == 1;
        var limit = overTcp ? DnsWriter.MaxTcpLength : edns ? Math.Clamp((int)opt.Class, 512, 4096) : 512;
        var reply = CheckForm(query, opts, opt) is { } refusal
            ? refusal
            : await ResolveAsync(query.Questions[0], cancellationToken).ConfigureAwait(false);
        return DnsWriter.WriteReply(query, edns, reply, limit);
    }

    private static byte[]? MalformedReply(ReadOnlySpan<byte> bytes)
    {
        var isQuery = bytes.Length >= DnsMessage.HeaderLength && (bytes[2] & 0x80) == 0;
        return isQuery ? DnsWriter.WriteFormatError((ushort)((bytes[0] << 8) | bytes[1])) : null;
    }

    private static int CountOpt(DnsMessage query, out DnsRecord opt)
    {
        opt = default;
        var count = 0;
        foreach (var record in query.Additionals)
        {
            if (record.Type == DnsType.OPT)
            {
                opt = record;
                count++;
            }
        }

        return count;
    }

    private static DnsReply? CheckForm(DnsMessage query, int opts, in DnsRecord opt)
    {
        if (query.Opcode != 0)
        {
            return DnsReply.Empty(DnsRcode.NotImplemented);
        }

        if (query.Questions.Length != 1 || opts > 1 || !query.Answers.IsEmpty || !query.Authorities.IsEmpty || (opts == 1 && !opt.Name.IsRoot))
        {
            return DnsReply.Empty(DnsRcode.FormatError);
        }

        return opts == 1 && (opt.Ttl >> 16 & 0xFF) != 0 ? DnsReply.Empty(DnsRcode.BadVersion) : null;
    }

    private async ValueTask<DnsReply> ResolveAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        if (question.Class != DnsQuestion.ClassIn || IsNeverServed(question.Type))
        {
            log.Refused(question.Name.ToString(), question.Type, DnsRefusal.Unsupported);
            return DnsReply.Failed(DnsRcode.Refused, DnsExtendedError.Blocked, "this kind of query is not served");
        }

        if (question.Name.ToHost() is not { } host)
        {
            log.Refused(question.Name.ToString(), question.Type, DnsRefusal.InvalidName);
            return Blocked("not a host name");
        }

        if (host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal))
        {
            return AnswerLocally(question, host, LoopbackAddresses);
        }

        if (ReverseName.TryGetAddress(host, out var reversed))
        {
            return AnswerPointer(question, reversed);
        }

        if (hosts.Find(host) is { } local)
        {
            return AnswerLocally(question, host, local);
        }

        return await ResolveUpstreamAsync(question, host, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsNeverServed(DnsType type) => (ushort)type is 0 or (ushort)DnsType.OPT or >= (ushort)DnsType.TKEY and <= (ushort)DnsType.ANY;

    private DnsReply AnswerLocally(DnsQuestion question, string host, IReadOnlyList<IPAddress> addresses)
    {
        var answers = new List<DnsRecord>(addresses.Count);
        foreach (var address in addresses)
        {
            if (question.Type is DnsType.A or DnsType.AAAA && HostsFile.IsFamily(address, question.Type))
            {
                names.Pin(host, address);
                answers.Add(DnsRecord.ForAddress(question.Name, address, LocalTtl));
            }
        }

        return DnsReply.Of(answers);
    }

    private DnsReply AnswerPointer(DnsQuestion question, IPAddress address)
    {
        // Never forwarded: a reverse query would carry any 128 bits out to whoever serves the zone.
        if (question.Type != DnsType.PTR)
        {
            return DnsReply.Empty(DnsRcode.NoError);
        }

        var known = IPAddress.IsLoopback(address) ? ["localhost"] : names.NamesFor(address);
        var answers = new List<DnsRecord>(known.Length);
        foreach (var name in known)
        {
            if (DnsName.TryParse(name, out var target))
            {
                answers.Add(DnsRecord.ForPointer(question.Name, target, LocalTtl));
            }
        }

        return answers.Count > 0 ? DnsReply.Of(answers) : DnsReply.Empty(DnsRcode.NameError);
    }

    private async ValueTask<DnsReply> ResolveUpstreamAsync(DnsQuestion question, string host, CancellationToken cancellationToken)
    {
        if (!policy.PermitsName(host, question.Type))
        {
            log.Refused(question.Name.ToString(), question.Type, DnsRefusal.NotPermitted);
            return Blocked("no policy permits this name");
        }

        log.Permitted(host, question.Type);
        if (question.Type is DnsType.HTTPS or DnsType.SVCB)
        {
            // Address hints and alternative endpoints would bypass the name table; clients fall back to A and AAAA.
            return DnsReply.Empty(DnsRcode.NoError);
        }

        var response = upstream is null ? null : await upstream.QueryAsync(question, cancellationToken).ConfigureAwait(false);
        if (response is null || response.Rcode is not (DnsRcode.NoError or DnsRcode.NameError))
        {
            return DnsReply.Failed(DnsRcode.ServerFailure, DnsExtendedError.NoReachableAuthority, "no name server answered");
        }

        return Rebuild(question, host, response);
    }

    /// <summary>Builds the client's reply from those records that answer the question; nothing else of the response gets through.</summary>
    private DnsReply Rebuild(DnsQuestion question, string host, DnsMessage response)
    {
        var answers = FollowAliases(question, response, out var owner);
        var kept = 0;
        var removed = 0;
        foreach (var record in response.Answers)
        {
            if (record.Type != question.Type || record.Class != DnsQuestion.ClassIn || record.Name != owner || question.Type == DnsType.CNAME)
            {
                continue;
            }

            if (question.Type is DnsType.A or DnsType.AAAA)
            {
                if (kept == MaxAddresses)
                {
                    break;
                }

                if (!Admit(host, record))
                {
                    removed++;
                    continue;
                }
            }

            kept++;
            answers.Add(record);
        }

        if (removed > 0 && kept == 0)
        {
            log.Refused(question.Name.ToString(), question.Type, DnsRefusal.Rebinding);
            return DnsReply.Failed(DnsRcode.NameError, DnsExtendedError.Filtered, "the name points at internal addresses that no policy permits");
        }

        return new DnsReply(response.Rcode, answers, kept == 0 ? StartOfAuthority(response) : [], DnsExtendedError.None, null);
    }

    private static List<DnsRecord> FollowAliases(DnsQuestion question, DnsMessage response, out DnsName owner)
    {
        var chain = new List<DnsRecord>();
        owner = question.Name;
        for (var hops = 0; hops < MaxAliases; hops++)
        {
            var found = false;
            foreach (var record in response.Answers)
            {
                if (record.Type == DnsType.CNAME && record.Class == DnsQuestion.ClassIn && record.Name == owner)
                {
                    chain.Add(record);
                    owner = record.Target;
                    found = true;
                    break;
                }
            }

            if (!found || question.Type == DnsType.CNAME)
            {
                break;
            }
        }

        return chain;
    }

    private bool Admit(string host, in DnsRecord record)
    {
        var address = AddressRanges.Canonical(record.Address);
        if ((AddressRanges.IsInternal(address) || isOwnAddress(address)) && !policy.PermitsAddress(address))
        {
            return false;
        }

        // Bound to the name that was asked for: aliases are their owner's business and grant nothing.
        names.Learn(host, address, TimeSpan.FromSeconds(record.Ttl));
        return true;
    }

    private static List<DnsRecord> StartOfAuthority(DnsMessage response)
    {
        var records = new List<DnsRecord>(1);
        foreach (var record in response.Authorities)
        {
            if (record.Type == DnsType.SOA && records.Count == 0)
            {
                records.Add(record);
            }
        }

        return records;
    }

    private static DnsReply Blocked(string text) => DnsReply.Failed(DnsRcode.NameError, DnsExtendedError.Blocked, text);
}
