using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>JSON that the reference implementation rejects, with our reports and what they underline.</summary>
public sealed class RejectedJsonSchemaTests
{
    private const string Texts = """
        {"":{}} => CEDAR0304 `{`; CEDAR0304 `{`
        {"":{"entityTypes":{}}} => CEDAR0304 `{`
        {"":{"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{},"actions":{},"foo":1}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{"foo":1},"B":{}},"actions":{}}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{"memberOfTypes":"B"},"B":{}},"actions":{}}} => CEDAR0302 `"B"`
        {"":{"entityTypes":{"A":{"memberOfTypes":null},"B":{}},"actions":{}}} => CEDAR0302 `null`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record"}},"B":{}},"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{"shape":{"type":"Long"}},"B":{}},"actions":{}}} => CEDAR0110 `{"type":"Long"}`
        {"":{"entityTypes":{"A":{"shape":{"type":"T"}},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Long"}}}} => CEDAR0110 `"T"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"additionalAttributes":true}},"B":{}},"actions":{}}} => CEDAR0305 `true`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Record","attributes":{},"additionalAttributes":true}}}},"B":{}},"actions":{}}} => CEDAR0305 `true`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"String","foo":1}}}},"B":{}},"actions":{}}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"String","required":"x"}}}},"B":{}},"actions":{}}} => CEDAR0302 `"x"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"String","name":"x"}}}},"B":{}},"actions":{}}} => CEDAR0303 `"name"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity"}}}},"B":{}},"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"Z"}}}},"B":{}},"actions":{}}} => CEDAR0106 `"Z"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"B","element":{"type":"Long"}}}}},"B":{}},"actions":{}}} => CEDAR0303 `"element"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Set"}}}},"B":{}},"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Set","element":{"type":"Long","required":false}}}}},"B":{}},"actions":{}}} => CEDAR0303 `"required"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Extension","name":"foo"}}}},"B":{}},"actions":{}}} => CEDAR0106 `"foo"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Extension","name":"__cedar::ipaddr"}}}},"B":{}},"actions":{}}} => CEDAR0106 `"__cedar::ipaddr"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"EntityOrCommon"}}}},"B":{}},"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"B"}}}},"B":{}},"actions":{}}} => CEDAR0106 `"B"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"name":"B"}}}},"B":{}},"actions":{}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":"Long"}}},"B":{}},"actions":{}}} => CEDAR0302 `"Long"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","attributes":{}}}}},"B":{}},"actions":{}}} => CEDAR0303 `"attributes"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","annotations":{"1x":"x"}}}}},"B":{}},"actions":{}}} => CEDAR0305 `"1x"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","annotations":{"doc":1}}}}},"B":{}},"actions":{}}} => CEDAR0302 `1`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"annotations":{"doc":"x"}}},"B":{}},"actions":{}}} => CEDAR0303 `"annotations"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"annotations":{"doc":"x"}}} => CEDAR0305 `"doc":"x"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Set","element":{"type":"Long","annotations":{"a":"b"}}}}}} => CEDAR0303 `"annotations"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"T":{"type":"Long","required":true}}}} => CEDAR0303 `"required"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"A::T":{"type":"Long"}}}} => CEDAR0305 `"A::T"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"String":{"type":"Long"}}}} => CEDAR0104 `"String"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"Boolean":{"type":"Long"}}}} => CEDAR0104 `"Boolean"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"in":{"type":"Long"}}}} => CEDAR0006 `"in"`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":{"":{"type":"Long"}}}} => CEDAR0305 `""`
        {"":{"entityTypes":{"A":{"enum":[]},"B":{}},"actions":{}}} => CEDAR0112 `[]`
        {"":{"entityTypes":{"A":{"enum":["x"],"tags":{"type":"Long"}},"B":{}},"actions":{}}} => CEDAR0303 `"tags"`
        {"":{"entityTypes":{"A":{"enum":["x"],"memberOfTypes":[]},"B":{}},"actions":{}}} => CEDAR0303 `"memberOfTypes"`
        {"":{"entityTypes":{"A":{"enum":["x"],"shape":{"type":"Record","attributes":{}}},"B":{}},"actions":{}}} => CEDAR0303 `"shape"`
        {"":{"entityTypes":{"A":{"tags":{"type":"Long","required":true}},"B":{}},"actions":{}}} => CEDAR0303 `"required"`
        {"":{"entityTypes":{"A":{"enum":[1]},"B":{}},"actions":{}}} => CEDAR0302 `1`
        {"":{"entityTypes":{"A":{"memberOfTypes":["Action"]},"B":{}},"actions":{}}} => CEDAR0106 `"Action"`
        {"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"Action"}}}},"B":{}},"actions":{}}} => CEDAR0106 `"Action"`
        {"":{"entityTypes":{"A":{"memberOfTypes":["A::"]},"B":{}},"actions":{}}} => CEDAR0305 `"A::"`
        {"":{"entityTypes":{"A":{"memberOfTypes":[" A "]},"B":{}},"actions":{}}} => CEDAR0305 `" A "`
        {"":{"entityTypes":{"A":{"memberOfTypes":["A //x\n"]},"B":{}},"actions":{}}} => CEDAR0305 `"A //x\n"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"foo":1},"b":{}}}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{}},"b":{}}}} => CEDAR0304 `{`; CEDAR0304 `{`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"]}},"b":{}}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"foo":1}},"b":{}}}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":null,"resourceTypes":["A"]}},"b":{}}}} => CEDAR0302 `null`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"context":{"type":"Long"}}},"b":{}}}} => CEDAR0110 `{"type":"Long"}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"context":{"type":"Record","attributes":{},"additionalAttributes":true}}},"b":{}}}} => CEDAR0305 `true`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":[],"resourceTypes":[],"context":{"type":"Long"}}},"b":{}}}} => CEDAR0110 `{"type":"Long"}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b","type":"A"}]},"b":{}}}} => CEDAR0107 `{"id":"b","type":"A"}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"z"}]},"b":{}}}} => CEDAR0107 `{"id":"z"}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"type":"Action"}]},"b":{}}}} => CEDAR0304 `{`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b","foo":1}]},"b":{}}}} => CEDAR0303 `"foo"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":["b"]},"b":{}}}} => CEDAR0302 `"b"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"memberOf":[{"id":"b","__entity":{}}]},"b":{}}}} => CEDAR0303 `"__entity"`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"attributes":{}},"b":{}}}} => CEDAR0305 `{}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"attributes":{"a":1}},"b":{}}}} => CEDAR0305 `{"a":1}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"attributes":{"a":"x"}},"b":{}}}} => CEDAR0305 `{"a":"x"}`
        {"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"annotations":{}}},"b":{}}}} => CEDAR0303 `"annotations"`
        {"in":{"entityTypes":{},"actions":{}}} => CEDAR0006 `"in"`
        {"__cedar":{"entityTypes":{},"actions":{}}} => CEDAR0117 `"__cedar"`
        {" A":{"entityTypes":{},"actions":{}}} => CEDAR0305 `" A"`
        {"A::":{"entityTypes":{},"actions":{}}} => CEDAR0305 `"A::"`
        {"":{"entityTypes":{"A::B":{}},"actions":{}}} => CEDAR0305 `"A::B"`
        {"":{"entityTypes":{"in":{}},"actions":{}}} => CEDAR0006 `"in"`
        {"":{"entityTypes":{"Action":{}},"actions":{}}} => CEDAR0104 `"Action"`
        {"A":{"entityTypes":{"X":{}},"actions":{}},"":{"entityTypes":{"X":{}},"actions":{}}} => CEDAR0105 `"X"`
        {"":{"entityTypes":{"A":{"shape":null},"B":{}},"actions":{}}} => CEDAR0302 `null`
        {"":{"entityTypes":{"A":{"tags":null},"B":{}},"actions":{}}} => CEDAR0302 `null`
        {"":{"entityTypes":{"A":{"annotations":null},"B":{}},"actions":{}}} => CEDAR0302 `null`
        {"":{"entityTypes":{"A":{},"B":{}},"actions":{},"commonTypes":null}} => CEDAR0302 `null`
        [] => CEDAR0302 `[]`
        {"N":null} => CEDAR0302 `null`
        {"N":[]} => CEDAR0302 `[]`
        {"":{"entityTypes":{"A":{},"A":{}},"actions":{}}} => CEDAR0301 `"A"`
        {"":{"entityTypes":{},"entityTypes":{},"actions":{}}} => CEDAR0301 `"entityTypes"`
        {"":{"entityTypes":{},"actions":{}},"":{"entityTypes":{},"actions":{}}} => CEDAR0301 `""`
        """;

    public static TheoryData<string> Rows => [.. Texts.Split('\n')];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Json_IsRejected_AndTheMistakeUnderlined(string row)
    {
        var (text, reports) = SchemaRow.Split(row);
        var result = Schema.ParseJson(new SourceText(text));

        Assert.True(result.HasErrors);
        Assert.Equal(reports, SchemaRow.Reports(text, result.Diagnostics));
    }
}
