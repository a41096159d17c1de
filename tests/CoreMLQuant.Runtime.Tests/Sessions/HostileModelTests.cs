using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Sessions;
using CoreMLQuant.Runtime.Tests.Support;
using CoreMLQuant.Specification.Schema;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sessions;

/// <summary>Models that want the machine instead of a result.</summary>
public sealed class HostileModelTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1 << 15)]
    public void Open_StaticShapeBeyondMemory_IsRefusedByName(int size)
    {
        var program = new SmallProgram(ElementType.Int32, 3);
        program.Body.Operations.Add(SmallProgram.Operation(
            "fill", "filled", ElementType.Float32, [size, size, size], ("shape", SmallProgram.Integers(size, size, size)), ("value", SmallProgram.Float(1))));
        AddSum(program);

        string message = Assert.Throws<ModelRunException>(() => Repository.Runtime.Open(program.Write(_folder, [1, 1, 1]), new RunSettings())).Message;

        Assert.Contains("operation 'filled'", message);
        Assert.Contains("more memory than a running model may use", message);
    }

    [Fact]
    public void Run_SizeThatAnInputAsksFor_StaysBelowTheMemoryLimit()
    {
        var program = new SmallProgram(ElementType.Int32, 3);
        program.Body.Operations.Add(SmallProgram.Operation("fill", "filled", ElementType.Float32, [-1, -1, -1], ("shape", "x"), ("value", SmallProgram.Float(1))));
        AddSum(program);
        using IRunnableModel model = Repository.Runtime.Open(program.Write(_folder, [1, 1, 1]), new RunSettings());
        int side = (int)(OrtEnvironment.MemoryLimit / sizeof(float) / 1_000_000) + 1;

        Assert.Equal(24f, Run(model, new[] { 2, 3, 4 })[0]);
        Assert.Contains("more memory than a running model may use", Assert.Throws<ModelRunException>(() => Run(model, new[] { side, 1000, 1000 })).Message);
        Assert.Throws<ModelRunException>(() => Run(model, new[] { int.MaxValue, int.MaxValue, int.MaxValue }));
        Assert.Throws<ModelRunException>(() => Run(model, new[] { -2, 3, 4 }));
        Assert.Equal(24f, Run(model, new[] { 2, 3, 4 })[0]);
    }

    [Fact]
    public void Run_LoopThatNeverEnds_IsStoppedAndTheModelStaysUsable()
    {
        var program = new SmallProgram(ElementType.Float32, 1);
        program.Body.Operations.Add(Loop());
        string path = program.Write(_folder, [1]);
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings { Timeout = TimeSpan.FromSeconds(0.5) });
        Stopwatch time = Stopwatch.StartNew();

        Assert.Contains("-TimeoutSeconds", Assert.Throws<ModelRunException>(() => Run(model, new[] { 1f })).Message);
        Assert.Contains("-TimeoutSeconds", Assert.Throws<ModelRunException>(() => Run(model, new[] { 1f })).Message);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        Assert.ThrowsAny<OperationCanceledException>(() => Run(model, new[] { 1f }, source.Token));
        Assert.True(time.Elapsed.TotalSeconds >= 1, $"{time.Elapsed}");
    }

    [Fact]
    public void Run_NaN_GoesThroughAndHarmsNothing()
    {
        var program = new SmallProgram(ElementType.Float32, 2);
        program.Body.Operations.Add(SmallProgram.Operation("relu", "y", ElementType.Float32, [2], ("x", "x")));
        using IRunnableModel model = Repository.Runtime.Open(program.Write(_folder, [2]), new RunSettings());

        Run(model, new[] { float.NaN, float.NegativeInfinity });
        Assert.Equal([0f, 1f], Run(model, new[] { -1f, 1f }));
        using IRunnableModel network = Repository.Runtime.Open(Repository.Fixture("convnet_iOS16/q8lin.mlpackage"), new RunSettings());
        MultiArray[] drawn = Repository.Runtime.DrawSamples(network.Features, 1, 1).First().Values.Values.Cast<MultiArray>().ToArray();
        ((float[])drawn[0].Values)[0] = float.NaN;
        Assert.Contains(Output(network.Run(Sample(network.Features.Inputs[0].Name, drawn[0]))), float.IsNaN);
    }

    [Fact]
    public void Open_CanceledWhileTheSessionIsMade_Stops()
    {
        using var source = new CancellationTokenSource();
        using var options = new SessionOptions();
        string onnx = OnnxFile();

        Assert.ThrowsAny<OperationCanceledException>(() => OpeningLimit.Open("net", options, null, Open, source.Token));

        InferenceSession Open(SessionOptions given, CancellationToken token)
        {
            source.Cancel();
            return new InferenceSession(onnx, given);
        }
    }

    [Fact]
    public void Open_ThatTakesTooLong_SaysHowToAllowMore()
    {
        using var options = new SessionOptions();
        string message = Assert.Throws<ModelRunException>(() => OpeningLimit.Open("net", options, TimeSpan.FromMilliseconds(1), Wait, CancellationToken.None)).Message;
        Assert.Contains("'net' could not be opened within 10 s", message);

        static InferenceSession Wait(SessionOptions options, CancellationToken token)
        {
            token.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("Nobody stopped it.");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AddSum(SmallProgram program) => program.Body.Operations.Add(SmallProgram.Operation(
        "reduce_sum", "y", ElementType.Float32, [1, 1, 1], ("x", "filled"), ("axes", SmallProgram.Integers(0, 1, 2)), ("keep_dims", SmallProgram.Truth(true))));

    private static Operation Loop()
    {
        Operation loop = SmallProgram.Operation("while_loop", "y", ElementType.Float32, [1], ("loop_vars", "x"));
        Block condition = Inside("c", "goes_on"), body = Inside("b", "next");
        condition.Operations.Add(SmallProgram.Operation("greater", "reached", ElementType.Boolean, [1], ("x", "c"), ("y", SmallProgram.Float(-1))));
        condition.Operations.Add(SmallProgram.Operation("squeeze", "goes_on", ElementType.Boolean, [], ("x", "reached"), ("axes", SmallProgram.Integers(0))));
        body.Operations.Add(SmallProgram.Operation("relu", "next", ElementType.Float32, [1], ("x", "b")));
        loop.Blocks.Add(condition);
        loop.Blocks.Add(body);
        return loop;
    }

    private static Block Inside(string input, string output)
    {
        var block = new Block { Outputs = { output } };
        block.Inputs.Add(new NamedValueType { Name = input, Type = Mil.MilTypes.Tensor(ElementType.Float32, [1]) });
        return block;
    }

    private string OnnxFile()
    {
        using Models.ModelFile file = Models.ModelFile.Open(Repository.Fixture("convnet_iOS16/fp32.mlpackage"));
        using IRunnableModel started = Repository.Runtime.Open(file.Path, new RunSettings());
        return Onnx.Files.OnnxModelFile.Save(file, Onnx.OnnxTranslator.Translate(file), _folder["net.onnx"], new Files.OutputOptions()).Path;
    }

    private static float[] Run(IRunnableModel model, Array x, CancellationToken cancellationToken = default) =>
        Output(model.Run(Sample("x", new MultiArray(x, [x.Length])), cancellationToken));

    private static RunSample Sample(string name, MultiArray value) => new("sample", new Dictionary<string, object> { [name] = value });

    private static float[] Output(ModelRun run) => (float[])((MultiArray)run.Outputs[0]!).Values;
}
