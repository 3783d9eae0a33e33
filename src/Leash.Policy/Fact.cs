using Cedar.Syntax;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>A part of a request that tests can look at.</summary>
internal enum Fact
{
    Resource,
    Path,
    FileName,
    HostText,
    Exe,
    Port,
    Protocol,
    Address,
    Argv0,
    Interpreter,
    DnsType,
    HttpMethod,
    HttpPath,
    HttpQuery,
    HttpScheme,
    RewriteHeader,
    RewriteValue,
    RewriteOperation,
}

/// <summary>Which expressions name facts.</summary>
internal static class FactNames
{
    /// <summary>The fact that an expression names in requests of a shape; null when it names none.</summary>
    public static Fact? Of(Expr expression, RequestShape shape) => expression switch
    {
        Expr.Var { Variable: Variable.Resource } when shape != RequestShape.Process => Fact.Resource,
        Expr.GetAttribute { Target: Expr.Var target, Name: var name } => (target.Variable, name) switch
        {
            (Variable.Principal, "exe") => Fact.Exe,
            (Variable.Resource, "path") when Vocabulary.HasPath(shape) => Fact.Path,
            (Variable.Resource, "name") when Vocabulary.HasPath(shape) => Fact.FileName,
            (Variable.Resource, "name") when shape != RequestShape.Process => Fact.HostText,
            (Variable.Context, "port") when Vocabulary.HasEndpoint(shape) => Fact.Port,
            (Variable.Context, "protocol") when shape == RequestShape.Network => Fact.Protocol,
            (Variable.Context, "ip") when Vocabulary.HasEndpoint(shape) => Fact.Address,
            (Variable.Context, "argv0") when shape == RequestShape.ProcessExec => Fact.Argv0,
            (Variable.Context, "interpreter") when shape == RequestShape.ProcessExec => Fact.Interpreter,
            (Variable.Context, "type") when shape == RequestShape.Dns => Fact.DnsType,
            (Variable.Context, _) when shape == RequestShape.Http => HttpFactOf(name),
            (Variable.Context, _) when shape == RequestShape.HttpRewrite => RewriteFactOf(name),
            _ => null,
        },
        _ => null,
    };

    /// <summary>The name of the kind of value, for messages.</summary>
    public static string TypeName(this Fact fact) => fact switch
    {
        Fact.Resource => "an entity",
        Fact.Port => "a long",
        Fact.Address => "an ipaddr",
        Fact.Path or Fact.FileName or Fact.HostText or Fact.Exe or Fact.Protocol or Fact.Argv0 or Fact.Interpreter or Fact.DnsType => "a string",
        Fact.HttpMethod or Fact.HttpPath or Fact.HttpQuery or Fact.HttpScheme => "a string",
        Fact.RewriteHeader or Fact.RewriteValue or Fact.RewriteOperation => "a string",
    };

    /// <summary>The text of a request or of a rewrite that a fact is; null when it is none.</summary>
    public static HttpText? HttpTextOf(this Fact fact) => fact switch
    {
        Fact.HttpMethod => HttpText.Method,
        Fact.HttpPath => HttpText.Path,
        Fact.HttpQuery => HttpText.Query,
        Fact.HttpScheme => HttpText.Scheme,
        Fact.RewriteHeader => HttpText.RewriteHeader,
        Fact.RewriteValue => HttpText.RewriteValue,
        Fact.RewriteOperation => HttpText.RewriteOperation,
        _ => null,
    };

    private static Fact? HttpFactOf(string name) => name switch
    {
        "method" => Fact.HttpMethod,
        "path" => Fact.HttpPath,
        "query" => Fact.HttpQuery,
        "scheme" => Fact.HttpScheme,
        _ => null,
    };

    private static Fact? RewriteFactOf(string name) => name switch
    {
        "header" => Fact.RewriteHeader,
        "value" => Fact.RewriteValue,
        "operation" => Fact.RewriteOperation,
        _ => null,
    };
}
