using System.Text;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Leash.Policy;

/// <summary>The policies and the schema that ship with Leash.</summary>
public static class BuiltInPolicies
{
    /// <summary>What any program needs.</summary>
    public static PolicyDocument Base { get; } = Load(PolicyDocument.BaseLayer, "base.cedar");

    /// <summary>What applies when no policy is given.</summary>
    public static PolicyDocument Standard { get; } = Load(PolicyDocument.StandardLayer, "standard.cedar");

    /// <summary>The vocabulary in the Cedar schema language.</summary>
    public static string SchemaText => Read("leash.cedarschema");

    /// <summary>The vocabulary, read anew at each call.</summary>
    public static Schema ReadSchema() => Schema.Parse(new SourceText("leash.cedarschema", SchemaText)).Schema
        ?? throw new InvalidOperationException("the schema of the vocabulary has errors");

    private static PolicyDocument Load(string layer, string name) => new(layer, name, Read(name));

    private static string Read(string name)
    {
        using var stream = typeof(BuiltInPolicies).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the resource {name} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
