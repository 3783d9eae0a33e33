using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

public sealed class SchemaJsonTests
{
    [Fact]
    public void Schema_IsWritten()
    {
        const string Text = """
            type T = Set<Long>;
            @doc("x") entity A in B { a: T, "b c"?: { d: __cedar::ipaddr } } tags A;
            entity B enum ["1"];
            action a in [b, Action::"c"] appliesTo { principal: A, resource: [A, B], context: { @x y: Bool } };
            action b, c;
            """;
        const string Json = """
            {
              "": {
                "commonTypes": {
                  "T": {
                    "type": "Set",
                    "element": {
                      "type": "EntityOrCommon",
                      "name": "Long"
                    }
                  }
                },
                "entityTypes": {
                  "A": {
                    "memberOfTypes": [
                      "B"
                    ],
                    "shape": {
                      "type": "Record",
                      "attributes": {
                        "a": {
                          "type": "EntityOrCommon",
                          "name": "T"
                        },
                        "b c": {
                          "type": "Record",
                          "attributes": {
                            "d": {
                              "type": "EntityOrCommon",
                              "name": "__cedar::ipaddr"
                            }
                          },
                          "required": false
                        }
                      }
                    },
                    "tags": {
                      "type": "EntityOrCommon",
                      "name": "A"
                    },
                    "annotations": {
                      "doc": "x"
                    }
                  },
                  "B": {
                    "enum": [
                      "1"
                    ]
                  }
                },
                "actions": {
                  "a": {
                    "memberOf": [
                      {
                        "id": "b"
                      },
                      {
                        "id": "c",
                        "type": "Action"
                      }
                    ],
                    "appliesTo": {
                      "principalTypes": [
                        "A"
                      ],
                      "resourceTypes": [
                        "A",
                        "B"
                      ],
                      "context": {
                        "type": "Record",
                        "attributes": {
                          "y": {
                            "type": "EntityOrCommon",
                            "name": "Bool",
                            "annotations": {
                              "x": ""
                            }
                          }
                        }
                      }
                    }
                  },
                  "b": {
                    "appliesTo": {
                      "principalTypes": [],
                      "resourceTypes": []
                    }
                  },
                  "c": {
                    "appliesTo": {
                      "principalTypes": [],
                      "resourceTypes": []
                    }
                  }
                }
              }
            }
            """;

        Assert.Equal(Json.ReplaceLineEndings("\n"), SchemaJson.Write(SchemaParser.Parse(new SourceText(Text)).Document!));
    }

    [Theory]
    [MemberData(nameof(AcceptedSchemaTests.Rows), MemberType = typeof(AcceptedSchemaTests))]
    public void Text_KeepsItsMeaningInJson(string row)
    {
        var text = new SourceText(SchemaRow.Split(row).Text);
        var json = SchemaJson.Write(SchemaParser.Parse(text).Document!);

        Assert.Equal(SchemaText.Of(Schema.Parse(text)), SchemaText.Of(Schema.ParseJson(new SourceText(json))));
    }

    [Theory]
    [MemberData(nameof(AcceptedJsonSchemaTests.Rows), MemberType = typeof(AcceptedJsonSchemaTests))]
    public void Json_KeepsItsMeaning_AndIsStable(string row)
    {
        var json = new SourceText(SchemaRow.Split(row).Text);
        var written = new SourceText(SchemaJson.Write(SchemaJson.Parse(json).Document!));

        Assert.Equal(SchemaText.Of(Schema.ParseJson(json)), SchemaText.Of(Schema.ParseJson(written)));
        Assert.Equal(written.Text, SchemaJson.Write(SchemaJson.Parse(written).Document!));
    }

    [Fact]
    public void Spans_CoverWhatWasWritten()
    {
        const string Json = """{"N":{"entityTypes":{"A":{"tags":{"type":"Entity","name":"A"}}},"actions":{}}}""";
        var space = SchemaJson.Parse(new SourceText(Json)).Document!.Namespaces[0];
        var entity = Assert.IsType<SchemaDeclaration.EntityType>(space.Declarations[0]);
        string At(SourceSpan span) => Json.Substring(span.Start, span.Length);

        Assert.Equal(Json[1..^1], At(space.Span));
        Assert.Equal("\"N\"", At(space.Name.Span));
        Assert.Equal("\"A\":{\"tags\":{\"type\":\"Entity\",\"name\":\"A\"}}", At(entity.Span));
        Assert.Equal("\"A\"", At(entity.Tags!.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"\":")]
    [InlineData("entity A;")]
    public void WhatIsNoJson_IsRejected(string text)
    {
        var result = SchemaJson.Parse(new SourceText(text));

        Assert.Null(result.Document);
        Assert.Equal("CEDAR0301", Assert.Single(result.Diagnostics).Code);
    }
}
