using Cedar.Evaluation;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>Makes the Cedar request that a set of facts stands for.</summary>
public sealed class RequestBuilder(SessionFacts facts)
{
    private readonly EntityStore _constants = LeashEntities.ConstantsOf(facts);

    /// <summary>The request and its entities.</summary>
    public (Request Request, IEntityStore Entities) Build(RequestFacts request) => request switch
    {
        FileFacts file => ForPath(file.Principal, file.Action, file.Path, FileContext(file)),
        ExecFacts exec => ForPath(exec.Principal, exec.Action, exec.Path, ExecContext(exec)),
        ProcessFacts process => Make(process, new EntityUid("Process", "other"), RecordValue.Empty, [], RecordValue.Empty, null),
        EndpointFacts endpoint => ForEndpoint(
            endpoint, endpoint, [KeyValuePair.Create("protocol", (Value)TestFactory.NameOf(endpoint.Protocol))], null),
        DnsFacts dns => ForQuery(dns),
        HttpFacts http => ForEndpoint(http, http.Endpoint, HttpContext(http.Message), HeadersOf(http.Message)),
        HttpRewriteFacts rewrite => ForEndpoint(rewrite, rewrite.Endpoint, RewriteContext(rewrite.Edit), null),
        _ => throw new ArgumentException($"no request is made of {request.GetType().Name}", nameof(request)),
    };

    private static RecordValue FileContext(FileFacts file) => file.Action == PlanAction.UnixConnect
        ? Value.RecordOf(KeyValuePair.Create("abstract", (Value)(file.Path is [(byte)'@', ..])))
        : RecordValue.Empty;

    private static RecordValue ExecContext(ExecFacts exec) => Value.RecordOf(
        KeyValuePair.Create("args", (Value)Value.SetOf(exec.Arguments.Select(argument => (Value)PathText.Decode(argument)))),
        KeyValuePair.Create("argv0", (Value)PathText.Decode(exec.Argv0)),
        KeyValuePair.Create("interpreter", (Value)PathText.Decode(exec.Interpreter)));

    private static KeyValuePair<string, Value>[] HttpContext(HttpMessage message) =>
    [
        KeyValuePair.Create("method", (Value)message.Method),
        KeyValuePair.Create("path", (Value)message.Path),
        KeyValuePair.Create("query", (Value)message.Query),
        KeyValuePair.Create("scheme", (Value)message.Scheme),
        KeyValuePair.Create("headers", (Value)Value.Of(LeashEntities.HeadersUid)),
    ];

    private static Entity HeadersOf(HttpMessage message) => new(
        LeashEntities.HeadersUid, RecordValue.Empty,
        Value.RecordOf([
            .. message.Fields.Select(field => field.Name).Distinct(StringComparer.Ordinal)
                .Select(name => KeyValuePair.Create(name, (Value)message.HeaderOf(name)!)),
        ]),
        []);

    private static KeyValuePair<string, Value>[] RewriteContext(HeaderEdit edit) =>
    [
        KeyValuePair.Create("header", (Value)edit.Header),
        KeyValuePair.Create("value", (Value)edit.Value),
        KeyValuePair.Create("operation", (Value)HeaderEdit.NameOf(edit.Operation)),
    ];

    private static EntityUid Host(string id) => new("Host", id);

    private (Request Request, IEntityStore Entities) ForPath(PrincipalFacts principal, PlanAction action, byte[] bytes, RecordValue context)
    {
        var path = PathText.Decode(bytes);
        var name = path.Length > 1 && path[0] == '/' ? path[(path.LastIndexOf('/') + 1)..] : path;
        var attributes = Value.RecordOf(KeyValuePair.Create("path", (Value)path), KeyValuePair.Create("name", (Value)name));
        return Make(
            new ProcessFacts(principal, action), new EntityUid("File", path), attributes, LeashEntities.DirectoriesOf(path), context, null);
    }

    private (Request Request, IEntityStore Entities) ForEndpoint(
        RequestFacts request, EndpointFacts endpoint, KeyValuePair<string, Value>[] context, Entity? headers)
    {
        var address = Cidr.FormatAddress(endpoint.IsV4, endpoint.Address);
        var ip = new IPAddressValue(!endpoint.IsV4, endpoint.Address, endpoint.IsV4 ? 32 : 128);
        List<EntityUid> ancestors =
        [
            Host(address), Host(endpoint.IsV4 ? $"{address}:{endpoint.Port}" : $"[{address}]:{endpoint.Port}"),
            .. LeashEntities.WildcardsOf(endpoint.Name),
        ];
        if (endpoint.Name is { } name)
        {
            ancestors.Add(Host($"{name}:{endpoint.Port}"));
        }

        var id = endpoint.Name ?? address;
        var record = Value.RecordOf([
            KeyValuePair.Create("port", (Value)endpoint.Port),
            KeyValuePair.Create("ip", (Value)ip),
            .. context]);
        return Make(request, Host(id), Value.RecordOf(KeyValuePair.Create("name", (Value)id)), ancestors, record, ip, headers);
    }

    private (Request Request, IEntityStore Entities) ForQuery(DnsFacts dns) => Make(
        dns, Host(dns.Name), Value.RecordOf(KeyValuePair.Create("name", (Value)dns.Name)), LeashEntities.WildcardsOf(dns.Name),
        Value.RecordOf(KeyValuePair.Create("type", (Value)dns.Type)), null);

    private (Request Request, IEntityStore Entities) Make(
        RequestFacts request, EntityUid resource, RecordValue attributes, IEnumerable<EntityUid> ancestors, RecordValue context,
        IPAddressValue? address, Entity? headers = null)
    {
        var entities = LeashEntities.Create(_constants, facts, request.Principal, resource, attributes, ancestors, address, headers);
        return (new Request(LeashEntities.PrincipalUid, Vocabulary.UidOf(request.Action), resource, context), entities);
    }
}
