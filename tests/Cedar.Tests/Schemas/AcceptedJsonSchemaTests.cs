using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>JSON that the reference implementation takes for schemas, with our warnings and what they underline.</summary>
public sealed class AcceptedJsonSchemaTests
{
    private const string Texts = """
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{}}}
        {}
        {"":{"entityTypes":{},"actions":{},"commonTypes":{}}}
        {"":{"entityTypes":{"A":{"memberOfTypes":["B"]},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"T"}},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Record","attributes":{}}}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"EntityOrCommon","name":"T"}},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Record","attributes":{}}}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"additionalAttributes":false}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"B"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Set","element":{"type":"Long"}}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Extension","name":"ipaddr"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"EntityOrCommon","name":"B"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"EntityOrCommon","name":"Long"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Boolean"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Bool"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"ipaddr"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"__cedar::Long"}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","annotations":{"doc":"x"}}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","annotations":{"doc":null}}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"annotations":{"doc":"x"}},"B":{}},"actions":{}}}
        {"N":{"entityTypes":{},"actions":{},"annotations":{"doc":"x"}}}
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Long","annotations":{"a":"b"}}}}}
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"EntityOrCommon":{"type":"Long"}}}}
        {"":{"entityTypes":{"A":{"enum":["x"]},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"enum":["x"],"annotations":{"a":"b"}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"tags":{"type":"Long"}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{"enum":["x","x"]},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":null},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"]}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":[]}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":["A"]}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":[]}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"context":{"type":"Record","attributes":{}}}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"context":{"type":"T"}}},"b":{}},"commonTypes":{"T":{"type":"Record","attributes":{}}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b"}]},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b","type":"Action"}]},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":null},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"attributes":null},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"annotations":{"a":"b"}},"b":{}}}}
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b","type":null}]},"b":{}}}}
        {"A::B":{"entityTypes":{},"actions":{}}}
        {"":{"entityTypes":{},"actions":{"":{},"a b":{}}}}
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Record","attributes":{"x":{"type":"Long","required":false}}}}}},"B":{}},"actions":{}}}
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"B":{"type":"Record","attributes":{}}}}} => CEDAR0115 `"B"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"B"},"b":{"type":"B"}}}},"B":{}},"actions":{},"commonTypes":{"B":{"type":"Record","attributes":{}}}}} => CEDAR0115 `"B"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Record","attributes":{}},"U":{"type":"T"}}}}
        {"":{"entityTypes":{"Long":{},"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long"},"b":{"type":"EntityOrCommon","name":"Long"},"c":{"type":"Entity","name":"Long"}}}}},"actions":{}}} => CEDAR0114 `"Long"`
        """;

    public static TheoryData<string> Rows => [.. Texts.Split('\n')];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Json_IsASchema(string row)
    {
        var (text, reports) = SchemaRow.Split(row);
        var result = Schema.ParseJson(new SourceText(text));

        Assert.False(result.HasErrors);
        Assert.Equal(reports, SchemaRow.Reports(text, result.Diagnostics));
    }
}
