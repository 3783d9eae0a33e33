using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Json;

/// <summary>The policy or template of a JSON text; <see cref="Policy"/> is null exactly when there are errors.</summary>
/// <param name="Policy">The policy. Its spans point into the JSON text.</param>
/// <param name="Diagnostics">In order of place.</param>
public sealed record PolicyJsonResult(Policy? Policy, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether any diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>
/// A policy or template in JSON (Cedar spec, "JSON policy format"). Never throws on a text: depth and length are limited as those of
/// <see cref="CedarParser"/> are.
/// </summary>
public static class PolicyJson
{
    /// <summary>Reads a policy or a template.</summary>
    /// <param name="source">The JSON text.</param>
    /// <param name="id">The id it is to have: the form has none.</param>
    public static PolicyJsonResult Read(SourceText source, string id = "policy0")
    {
        var diagnostics = new DiagnosticSink(source);
        var policy = JsonReader.Read(source, diagnostics, PolicyReader.MaxJsonDepth) is { } root
            ? new PolicyReader(new JsonShape(diagnostics), source).Read(root, id)
            : null;
        return new PolicyJsonResult(diagnostics.ErrorCount == 0 ? policy : null, diagnostics.ToImmutable());
    }

    /// <summary>Writes a policy or a template. A linked policy is written with its entities; its link is part of the form of policy sets.</summary>
    public static string Write(Policy policy) => JsonText.Of(json => PolicyWriter.Write(json, policy));
}
