using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CsCheck;
using Google.Protobuf;
using Xunit;

namespace CoreMLQuant.Tests.Specification;

/// <summary>Reading a specification without its weights and writing it back with them; hostile bytes are data.</summary>
public class SpecificationTests
{
    [Fact]
    public void RoundTrip_BigAndSmallPayloadsAndUnknownFields_IsByteForByte()
    {
        Model model = Network(Enumerable.Range(0, 4000).Select(value => (byte)value).ToArray());
        byte[] bytes = [.. model.ToByteArray(), .. Field(4000, new byte[5000]), .. Field(4001, [1, 2, 3])];
        Assert.Equal(bytes, RoundTrip(bytes, out DetachedPayloads payloads));
        Assert.False(payloads.IsEmpty);
    }

    [Fact]
    public void RoundTrip_AnyPayloadLengths_IsByteForByte() =>
        Gen.Int[0, 3000].Array[0, 6].Sample(lengths =>
        {
            byte[] bytes = Network(lengths.Select(length => new byte[length]).ToArray()).ToByteArray();
            Assert.Equal(bytes, RoundTrip(bytes, out _));
        });

    [Fact]
    public void RoundTrip_FieldThatLooksLikeAToken_StaysItself()
    {
        var payloads = new DetachedPayloads();
        byte[] token = payloads.Detach(new MemoryData(new byte[3])).ToByteArray();
        byte[] bytes = Network(token).ToByteArray();
        Assert.Equal(bytes, RoundTrip(bytes, out _));
    }

    [Fact]
    public void Read_FloatsWrittenOneByOne_ArePacked()
    {
        byte[] weights = [];
        foreach (float value in new[] { 1f, 2f, 3f })
        {
            weights = [.. weights, (1 << 3) | 5, .. BitConverter.GetBytes(value)];
        }

        byte[] bytes = ModelWithWeightParams(weights);
        using var scratch = new ScratchFolder();
        Model model = Parse(scratch, bytes, out _);
        Assert.Equal(
            new[] { 1f, 2f, 3f }.SelectMany(BitConverter.GetBytes),
            model.NeuralNetwork.Layers[0].InnerProduct.Weights.FloatValue.ToByteArray());
    }

    [Fact]
    public void Read_ValueFieldTwice_IsRefusedBecauseOneWouldBeLost()
    {
        byte[] bytes = ModelWithWeightParams([.. Field(1, new byte[8]), .. Field(1, new byte[8])]);
        Assert.Equal(FormatRule.MalformedSpecification, Failure(bytes).Rule);
    }

    [Fact]
    public void Read_EveryTruncation_IsRefusedOrHoldsNoModel()
    {
        byte[] bytes = Network([1, 2, 3, 4], new byte[2000]).ToByteArray();
        for (int length = 0; length < bytes.Length; length += length < 200 ? 1 : 37)
        {
            Assert.Contains(
                Failure(bytes[..length]).Rule,
                new[] { FormatRule.TruncatedSpecification, FormatRule.MalformedSpecification, FormatRule.NotAModel, FormatRule.NoModelType });
        }
    }

    [Fact]
    public void Read_RandomDamage_NeverFailsInAnyOtherWay()
    {
        byte[] original = File.ReadAllBytes(TestFiles.Fixture("nn_control", "fp32.mlmodel"));
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 8].Sample(damages =>
        {
            byte[] bytes = original.ToArray();
            foreach ((int at, byte value) in damages)
            {
                bytes[at] = value;
            }

            try
            {
                using var scratch = new ScratchFolder();
                Parse(scratch, bytes, out _);
            }
            catch (CoreMLFormatException)
            {
                // The only failure there may be.
            }
        });
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData(1L << 60)]
    public void Read_HugeLengthClaim_IsRefusedWithoutAllocatingIt(long claim)
    {
        byte[] bytes = [0x08, 4, (2 << 3) | 2, .. Varint((ulong)claim), 1, 2, 3];
        long before = GC.GetAllocatedBytesForCurrentThread();
        CoreMLFormatException error = Failure(bytes);
        Assert.Equal(FormatRule.TruncatedSpecification, error.Rule);
        Assert.Contains(claim.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Equal(3, error.Offset);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void Read_MillionsOfEmptyLayers_IsRefusedBeforeTheyTakeMemory()
    {
        byte[] layers = new byte[2 * 5_000_000];
        for (int i = 0; i < layers.Length; i += 2)
        {
            layers[i] = (1 << 3) | 2; // NeuralNetwork.layers, of no bytes
        }

        byte[] bytes = [0x08, 4, .. Field(500, layers)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        CoreMLFormatException error = Failure(bytes);
        Assert.Equal(FormatRule.TooLarge, error.Rule);
        Assert.InRange(error.Offset!.Value, StructureLimits.FreeMessages * 2, StructureLimits.FreeMessages * 5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Fact]
    public void Read_TenThousandNestedBlocks_IsRefused()
    {
        byte[] inner = [];
        for (int i = 0; i < 10_000; i++)
        {
            inner = i % 2 == 1 ? Field(3, inner) : Field(4, inner); // Block.operations, Operation.blocks
        }

        byte[] specialization = [.. Field(1, Encoding.UTF8.GetBytes("CoreML6")), .. Field(2, inner)];
        byte[] function = [.. Field(1, Encoding.UTF8.GetBytes("main")), .. Field(2, Field(3, specialization))];
        byte[] bytes = [0x08, 7, .. Field(502, Field(2, function))];
        Assert.Equal(FormatRule.NestingTooDeep, Failure(bytes).Rule);
    }

    [Fact]
    public void Read_FileBeyondProtobufsLimit_IsRefusedBeforeAnyWork()
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Combine("big.mlmodel");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(3L << 30); // Sparse: it costs no space.
        }

        var error = Assert.Throws<CoreMLFormatException>(() => CoreMLQuant.Models.ModelFile.Open(path));
        Assert.Equal(FormatRule.TooLarge, error.Rule);
        Assert.Contains("2147483647", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TextThatIsNotUtf8_IsRefused()
    {
        byte[] bytes = [0x08, 4, .. Field(2, Field(100, Field(1, [0xFF, 0xFE])))];
        Assert.Equal(FormatRule.MalformedSpecification, Failure(bytes).Rule);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n", FormatRule.GitLfsPointer)]
    [InlineData("{ \"a\": 1 }", FormatRule.NotAModel)]
    [InlineData("<html></html>", FormatRule.NotAModel)]
    [InlineData("PK\u0003\u0004zip", FormatRule.NotAModel)]
    [InlineData("hello world, this is text", FormatRule.NotAModel)]
    [InlineData("", FormatRule.NotAModel)]
    public void Read_ForeignFile_SaysWhatItIs(string text, FormatRule rule) => Assert.Equal(rule, Failure(Encoding.UTF8.GetBytes(text)).Rule);

    private static byte[] RoundTrip(byte[] bytes, out DetachedPayloads payloads)
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch.Combine("m"), bytes);
        using var file = new SourceFile(scratch.Combine("m"));
        payloads = new DetachedPayloads();
        Model model = SpecificationReader.Parse(SpecificationReader.ReadStructure(file, payloads), file);
        OutputWriter.Write(new OutputModel(false, [(string.Empty, SpecificationWriter.Layout(model, payloads))], []), scratch.Combine("n"), 2, null, null, default);
        return File.ReadAllBytes(scratch.Combine("n"));
    }

    private static Model Parse(ScratchFolder scratch, byte[] bytes, out DetachedPayloads payloads)
    {
        File.WriteAllBytes(scratch.Combine("m"), bytes);
        using var file = new SourceFile(scratch.Combine("m"));
        payloads = new DetachedPayloads();
        return SpecificationReader.Parse(SpecificationReader.ReadStructure(file, payloads), file);
    }

    private static CoreMLFormatException Failure(byte[] bytes)
    {
        using var scratch = new ScratchFolder();
        return Assert.Throws<CoreMLFormatException>(() => Parse(scratch, bytes, out _));
    }

    private static Model Network(params byte[][] payloads)
    {
        var network = new NeuralNetwork();
        foreach (byte[] payload in payloads)
        {
            network.Layers.Add(new NeuralNetworkLayer
            {
                Name = "layer",
                InnerProduct = new InnerProductLayerParams { Weights = new WeightParams { FloatValue = ByteString.CopyFrom(payload) } },
            });
        }

        return new Model { SpecificationVersion = 4, Description = new ModelDescription(), NeuralNetwork = network };
    }

    private static byte[] ModelWithWeightParams(byte[] weights) =>
        [0x08, 4, .. Field(500, Field(1, Field(140, Field(20, weights))))];

    private static byte[] Field(int number, IReadOnlyCollection<byte> content) =>
        [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Count), .. content];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
