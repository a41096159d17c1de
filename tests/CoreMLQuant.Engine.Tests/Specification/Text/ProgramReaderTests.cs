using System;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Text;
using Xunit;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Tests.Specification.Text;

/// <summary>MIL text as compilers write it, and text that is not.</summary>
public class ProgramReaderTests
{
    [Fact]
    public void Read_TextOfNewerCompiler_HasScalarsWithoutBrackets()
    {
        Program program = ProgramTextTests.Read("""
            program(1.3)
            [buildInfo = dict<string, string>({{"coremlc-version", "3505.4.1"}, {"coremltools-version", ""}})]
            {
                func main<ios18>(state<tensor<fp16, [1, 4]>> cache, tensor<fp16, [1,4]> x) {
                    string kind=const()[name=string("kind"), val=string("valid")]; // a comment
                    int32 one = const()[name = string("one"), val = int32(1)];
                    tensor<fp16, [1, 4]> read = read_state(input = cache)[name = string("read")];
                    tensor<fp16, [2, 4]> y = concat(axis = one, interleave = bool(false), values = (read, x))[name = string("y")];
                    write_state(data = x, input = cache)[name = string("write")];
                } -> (y);
            }
            """);
        Function function = program.Functions["main"];
        Assert.Equal(1, program.Version);
        Assert.Equal("CoreML8", function.Opset);
        Assert.Equal(ValueType.TypeOneofCase.StateType, function.Inputs[0].Type.TypeCase);
        Block body = function.BlockSpecializations["CoreML8"];
        Assert.Equal(["const", "const", "read_state", "concat", "write_state"], body.Operations.Select(operation => operation.Type));
        Assert.Empty(body.Operations[4].Outputs);
        Assert.Equal(["read", "x"], body.Operations[3].Inputs["values"].Arguments.Select(argument => argument.Name));
        Assert.Equal([false], body.Operations[3].Inputs["interleave"].Arguments.Single().Value.ImmediateValue.Tensor.Bools.Values);
        Assert.Equal(["y"], body.Outputs);
        Assert.Equal(program, ProgramTextTests.Read(ProgramTextTests.Write(program)));
    }

    [Theory]
    [InlineData("fp16, [2]", "[0x1.8p-3, -0x0p+0]", "00320080")]
    [InlineData("fp16, [4]", "[inf, -inf, nan, 0x1p-24]", "007C00FC007E0100")]
    [InlineData("fp16, [3]", "[-10000.0, 1e-3, 65520]", "E2F01914007C")]
    [InlineData("fp16, [3]", "[0x1.002p+0, 0x1.006p+0, 0x1.0020001p+0]", "003C023C013C")]
    [InlineData("fp16, [4]", "[0x1p-25, 0x1.8p-25, 0x1.ff8p-15, 0x1.ffcp-15]", "00000100FF030004")]
    [InlineData("fp32, [2]", "[0x1.010102p-8, 0.1]", "8180803BCDCCCC3D")]
    [InlineData("fp32, [1]", "[nan(0xffc00001)]", "0100C0FF")]
    [InlineData("fp64, [1]", "[0x1.999999999999ap-4]", "9A9999999999B93F")]
    [InlineData("bf16, [2]", "[0x1p+0, 3]", "803F4040")]
    [InlineData("fp8e5m2, [2]", "[inf, 0x1p+0]", "7C3C")]
    [InlineData("fp8e4m3fn, [2]", "[nan, 448]", "7F7E")]
    [InlineData("int8, [2]", "[-128, 127]", "807F")]
    [InlineData("uint64, [1]", "[18446744073709551615]", "FFFFFFFFFFFFFFFF")]
    [InlineData("int4, [3]", "[-8, 7, -1]", "780F")]
    [InlineData("uint3, [3]", "[7, 0, 5]", "4701")]
    public void Read_Elements_HaveTheirBits(string type, string elements, string bits)
    {
        TensorValue tensor = Const($"tensor<{type}>({elements})").ImmediateValue.Tensor;
        byte[] bytes = (tensor.Floats?.Values ?? tensor.Doubles?.Values ?? tensor.Bytes.Values).ToByteArray();
        Assert.Equal(bits, Convert.ToHexString(bytes));
    }

    [Fact]
    public void Write_EveryHalf_IsReadAsItself()
    {
        FloatFormat half = FloatFormat.Of(DataType.Float16)!;
        for (ulong bits = 0; bits <= ushort.MaxValue; bits++)
        {
            string text = half.Write(bits);
            Assert.Equal(bits, text.StartsWith("nan(", StringComparison.Ordinal) ? half.ReadNaN(text[4..^1]) : half.Read(text));
        }
    }

    [Fact]
    public void Read_Strings_AreUnescaped()
    {
        Value value = Const("""tensor<string, [2]>(["a\"b\\\n\t\x41\u00e9", "Größe"])""");
        Assert.Equal(["a\"b\\\n\tAé", "Größe"], value.ImmediateValue.Tensor.Strings.Values);
    }

    [Fact]
    public void Read_BlocksOfOperations_AreNested()
    {
        Program program = ProgramTextTests.Read("""
            program(1.0)
            {
                func main<ios16>(tensor<fp32, [1]> x) {
                    tensor<fp32, [1]> y = while_loop(loop_vars = (x))[name = tensor<string, []>("loop")] (tensor<fp32, [1]> a) {
                        tensor<bool, []> go = less(x = a, y = tensor<fp32, []>(0x1p+3))[name = tensor<string, []>("go")];
                    } -> (go), (tensor<fp32, [1]> "a.1") {
                        tensor<fp32, [1]> next = add(x = "a.1", y = "a.1")[name = tensor<string, []>("next")];
                    } -> (next);
                } -> (y);
            }
            """);
        Operation loop = program.Functions["main"].BlockSpecializations["CoreML6"].Operations.Single();
        Assert.Equal(["go", "next"], loop.Blocks.Select(block => block.Outputs.Single()));
        Assert.Equal("a.1", loop.Blocks[1].Inputs.Single().Name);
        Assert.Equal(program, ProgramTextTests.Read(ProgramTextTests.Write(program)));
    }

    [Fact]
    public void Read_FunctionInTwoOpsets_HasTwoSpecializations()
    {
        const string Text = """
            program(1.0)
            {
                func main<ios17>(int32 x) { } -> (x);
                func main<ios15>(int32 x) { } -> (x);
                func "other name"<"Custom">() { } -> ();
            }
            """;
        Program program = ProgramTextTests.Read(Text);
        Assert.Equal("CoreML7", program.Functions["main"].Opset);
        Assert.Equal(["CoreML5", "CoreML7"], program.Functions["main"].BlockSpecializations.Keys.Order());
        Assert.Equal("Custom", program.Functions["other name"].Opset);
        Assert.Equal(program, ProgramTextTests.Read(ProgramTextTests.Write(program)));
    }

    [Theory]
    [InlineData("program(1.0) { func main<ios15>() { } -> ()", FormatRule.TruncatedProgramText, "line 1, column 44")]
    [InlineData("program(1.0)\n{\n  func main<ios15>() { } -> (", FormatRule.TruncatedProgramText, "line 3, column 30")]
    [InlineData("program(1.0) { func \"main", FormatRule.TruncatedProgramText, "line 1, column 21")]
    [InlineData("", FormatRule.TruncatedProgramText, "line 1, column 1")]
    [InlineData("program(2.0) { }", FormatRule.UnknownProgramVersion, "line 1, column 9")]
    [InlineData("program(1.4) { }", FormatRule.UnknownProgramVersion, "line 1, column 9")]
    [InlineData("program(1.0) { func main<ios99>() { } -> (); }", FormatRule.UnknownProgramVersion, "line 1, column 26")]
    [InlineData("program(one) { }", FormatRule.MalformedProgramText, "line 1, column 9")]
    [InlineData("program(1.0) { }", FormatRule.MalformedProgramText, "line 1, column 14")]
    [InlineData("program(1.0) { func f<ios15>() { } -> (); } more", FormatRule.MalformedProgramText, "line 1, column 45")]
    [InlineData("program(1.0) { func é<ios15>() { } -> (); func é<ios15>() { } -> (); }", FormatRule.MalformedProgramText, "line 1, column 48")]
    [InlineData("program(1.0) { func f<ios15>(tensor<fp7, []> x) { } -> (); }", FormatRule.MalformedProgramText, "line 1, column 37")]
    [InlineData("program(1.0) { func f<ios15>(tensor<fp16, [-1]> x) { } -> (); }", FormatRule.MalformedProgramText, "line 1, column 44")]
    [InlineData("program(1.0) { func f<ios15>() { int32 x = relu(x = a, x = b); } -> (); }", FormatRule.MalformedProgramText, "line 1, column 56")]
    [InlineData("program(1.0) { func f<ios15>() { int32 x = #; } -> (); }", FormatRule.MalformedProgramText, "line 1, column 44")]
    public void Read_WrongText_IsAnErrorAtItsPlace(string text, FormatRule rule, string location)
    {
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() => ProgramTextTests.Read(text));
        Assert.Equal((rule, location), (error.Rule, error.Location));
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("tensor<int32, [2]>([1])", "1 values along dimension 0; the type has 2")]
    [InlineData("tensor<int32, [2, 2]>([[1, 2], [3]])", "1 values along dimension 1")]
    [InlineData("tensor<int32, [2]>(1)", "'[' was expected")]
    [InlineData("tensor<int8, []>(128)", "'128' is not a value of type int8")]
    [InlineData("tensor<uint8, []>(-1)", "'-1' is not a value of type uint8")]
    [InlineData("tensor<bool, []>(1)", "'1' is not a value of type bool")]
    [InlineData("tensor<fp16, []>(0x1.8q)", "is not a value of type fp16")]
    [InlineData("tensor<fp16, []>(nan(0x3c00))", "is not a value of type fp16")]
    [InlineData("tensor<string, []>(text)", "a string was expected")]
    [InlineData("tensor<string, []>(\"\\q\")", "unknown escape")]
    [InlineData("tuple<int32, int32>((1))", "the tuple has 1 values; its type has 2")]
    [InlineData("tuple<int32>((1, 2))", "more than its 1 values")]
    [InlineData("state<tensor<fp16, [1]>>([1])", "a state has no value")]
    [InlineData("tensor<fp16, [1]>(BLOBFILE(path = tensor<string, []>(\"a\")))", "a path and an offset")]
    [InlineData("tensor<fp16, [1]>(BLOBFILE(path = string(\"a\"), offset = int32(64)))", "a uint64 was expected")]
    [InlineData("tensor<fp16, [1]>(BLOBFILE(size = uint64(1)))", "one path and one offset")]
    public void Read_ValueThatContradictsItsType_SaysHow(string value, string problem)
    {
        CoreMLFormatException error = Assert.Throws<CoreMLFormatException>(() => Const(value));
        Assert.Equal(FormatRule.MalformedProgramText, error.Rule);
        Assert.Contains(problem, error.Problem);
    }

    [Theory]
    [InlineData("list<", "int32", ">", 4000)]
    [InlineData("state<", "int32", ">", 200)]
    public void Read_DeepTypes_AreRefused(string open, string core, string close, int depth)
    {
        string type = string.Concat(Enumerable.Repeat(open, depth)) + core + string.Concat(Enumerable.Repeat(close, depth));
        Assert.Equal(FormatRule.NestingTooDeep, Assert.Throws<CoreMLFormatException>(() => Const($"{type}(1)")).Rule);
    }

    [Fact]
    public void Read_DeepBlocks_AreRefused()
    {
        string text = "program(1.0) { func f<ios15>() " + string.Concat(Enumerable.Repeat("{ int32 x = cond() ", 5000));
        Assert.Equal(FormatRule.NestingTooDeep, Assert.Throws<CoreMLFormatException>(() => ProgramTextTests.Read(text)).Rule);
    }

    [Fact]
    public void Read_TextThatIsNoUtf8_IsRefused()
    {
        byte[] text = [.. "program(1.0) { func \""u8, 0xFF, .. "\"<ios15>() { } -> (); }"u8];
        Assert.Equal(FormatRule.MalformedProgramText, Assert.Throws<CoreMLFormatException>(() => ProgramReader.Read(text, "model.mil")).Rule);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(140)]
    public void Read_DamagedText_IsAProgramOrAnErrorAtAPlace(int seed)
    {
        string path = TestFiles.Fixture("control_flow_iOS18", "fp32.mlpackage", "Data", "com.apple.CoreML", "model.mlmodel");
        byte[] sound = Encoding.UTF8.GetBytes(ProgramTextTests.Write(Model.Parser.ParseFrom(System.IO.File.ReadAllBytes(path)).MlProgram));
        var random = new Random(seed);
        int refused = 0;
        for (int run = 0; run < 300; run++)
        {
            byte[] damaged = Damage(sound, random);
            try
            {
                ProgramReader.Read(damaged, "model.mil");
            }
            catch (CoreMLFormatException e)
            {
                refused++;
                Assert.InRange(e.Offset!.Value, 0, damaged.Length);
                Assert.StartsWith("line ", e.Location);
            }
        }

        Assert.InRange(refused, 100, 300);
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        byte[] damaged = (byte[])sound.Clone();
        int at = random.Next(damaged.Length);
        switch (random.Next(4))
        {
            case 0:
                return damaged[..at];
            case 1:
                int length = random.Next(Math.Min(40, damaged.Length - at));
                return [.. damaged[..at], .. damaged[(at + length)..]];
            case 2:
                byte[] piece = damaged[at..Math.Min(damaged.Length, at + random.Next(60))];
                int other = random.Next(damaged.Length);
                return [.. damaged[..other], .. piece, .. damaged[other..]];
            default:
                for (int i = 0; i < 4; i++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                return damaged;
        }
    }

    private static Value Const(string value) => ProgramTextTests.Read($$"""program(1.0) { func f<ios18>() { int32 x = const()[val = {{value}}]; } -> (x); }""")
        .Functions["f"].BlockSpecializations["CoreML8"].Operations[0].Attributes["val"];
}
