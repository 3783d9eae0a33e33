namespace Leash.Plan;

/// <summary>What is done to a header.</summary>
public enum HeaderOperation
{
    /// <summary>The header has this value and no other, whether it was there or not.</summary>
    Set,

    /// <summary>A line with this value is added to those that are there.</summary>
    Add,

    /// <summary>The header is taken away.</summary>
    Remove,
}

/// <summary>One change of a request's headers.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Header">The name, lower case.</param>
/// <param name="Value">As the policy writes it, with <c>${secret:NAME}</c> in place of secrets; empty for <see cref="HeaderOperation.Remove"/>.</param>
public sealed record HeaderEdit(HeaderOperation Operation, string Header, string Value) : IHttpSubject
{
    /// <summary>The name of an operation in policies.</summary>
    public static string NameOf(HeaderOperation operation) => operation switch
    {
        HeaderOperation.Set => "set",
        HeaderOperation.Add => "add",
        HeaderOperation.Remove => "remove",
    };

    /// <summary>The operation of this name, or null.</summary>
    public static HeaderOperation? OperationOf(string name) => name switch
    {
        "set" => HeaderOperation.Set,
        "add" => HeaderOperation.Add,
        "remove" => HeaderOperation.Remove,
        _ => null,
    };

    public string? TextOf(HttpText text) => text switch
    {
        HttpText.RewriteHeader => Header,
        HttpText.RewriteValue => Value,
        HttpText.RewriteOperation => NameOf(Operation),
        HttpText.Method or HttpText.Path or HttpText.Query or HttpText.Scheme => null,
    };

    /// <summary>Rewrites are decided without looking at the request's other headers.</summary>
    public string? HeaderOf(string name) => null;
}
