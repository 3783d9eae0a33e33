using System.Collections.Immutable;

namespace Leash.Http.Secrets;

/// <summary>A variable that programs read a credential from, and where they send it.</summary>
/// <param name="Variable">Of the environment.</param>
/// <param name="Header">Lower case.</param>
/// <param name="Hosts">The hosts that get it, by their names.</param>
public sealed record KnownCredential(string Variable, string Header, ImmutableArray<string> Hosts)
{
    /// <summary>Those of the agents and of services that agents often use. Names of hosts are exact: no subdomain gets a credential.</summary>
    public static ImmutableArray<KnownCredential> All { get; } =
    [
        new("ANTHROPIC_API_KEY", "x-api-key", ["api.anthropic.com"]),
        new("ANTHROPIC_AUTH_TOKEN", "authorization", ["api.anthropic.com"]),
        new("CLAUDE_CODE_OAUTH_TOKEN", "authorization", ["api.anthropic.com"]),
        new("OPENAI_API_KEY", "authorization", ["api.openai.com"]),
        new("GEMINI_API_KEY", "x-goog-api-key", ["generativelanguage.googleapis.com"]),
        new("GOOGLE_API_KEY", "x-goog-api-key", ["generativelanguage.googleapis.com"]),
        new("DASHSCOPE_API_KEY", "authorization", ["dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com"]),
        new("OPENROUTER_API_KEY", "authorization", ["openrouter.ai"]),
        new("MISTRAL_API_KEY", "authorization", ["api.mistral.ai"]),
        new("GROQ_API_KEY", "authorization", ["api.groq.com"]),
        new("DEEPSEEK_API_KEY", "authorization", ["api.deepseek.com"]),
        new("XAI_API_KEY", "authorization", ["api.x.ai"]),
        new("GITHUB_TOKEN", "authorization", ["api.github.com", "github.com"]),
        new("GH_TOKEN", "authorization", ["api.github.com", "github.com"]),
        new("HF_TOKEN", "authorization", ["huggingface.co"]),
        new("NPM_TOKEN", "authorization", ["registry.npmjs.org"]),
    ];
}
