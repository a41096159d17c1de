using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Threading;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Running;
using Xunit;

namespace CoreMLQuant.Tests.Comparison.Outputs;

public sealed class ReferenceRunsTests
{
    private const long BytesOfARun = 10 * sizeof(float);

    private static readonly RunSample[] Samples = [.. Enumerable.Range(0, 5).Select(i => new RunSample(i.ToString(), new Dictionary<string, object>()))];

    [Fact]
    public void Of_OutputsFit_ReferenceIsClosedBeforeTheyAreAskedFor()
    {
        var model = new CountingModel();

        using var runs = ReferenceRuns.Of(model, Samples, maxKept: 5 * BytesOfARun);

        Assert.False(runs.IsOpen);
        Assert.Equal(1, model.Disposed);
        Assert.Equal(["0", "1", "2", "3", "4"], Samples.Select(sample => runs.Run(sample, CancellationToken.None).Sample));
        Assert.Equal(5, model.Runs);
    }

    [Fact]
    public void Of_OutputsDoNotFit_OthersRunWhenAskedForAndOnce()
    {
        var model = new CountingModel();
        using (var runs = ReferenceRuns.Of(model, Samples, maxKept: 2 * BytesOfARun))
        {
            Assert.True(runs.IsOpen);
            Assert.Equal(3, model.Runs);
            Assert.Equal(["0", "1", "2", "3", "4"], Samples.Select(sample => runs.Run(sample, CancellationToken.None).Sample));
            Assert.Equal(5, model.Runs);
            Assert.Equal(0, model.Disposed);
        }

        Assert.Equal(1, model.Disposed);
    }

    [Fact]
    public void Of_RunFails_ReferenceIsClosed()
    {
        var model = new CountingModel { FailsAt = 2 };

        Assert.Throws<ModelRunException>(() => ReferenceRuns.Of(model, Samples));
        Assert.Equal(1, model.Disposed);
    }

    private sealed class CountingModel : IRunnableModel
    {
        public int Runs { get; private set; }

        public int Disposed { get; private set; }

        public int FailsAt { get; init; } = int.MaxValue;

        public string Path => "counting";

        public RunFeatures Features => throw new NotSupportedException();

        public IReadOnlyList<string> IntermediateValueNames => [];

        public IReadOnlyList<IntermediateValue> IntermediateValues => [];

        public IReadOnlyCollection<string> ReplaceableWeights => [];

        public void ReplaceWeight(string name, float[]? values) => throw new NotSupportedException();

        public void ExpectReplacements(IReadOnlyList<IReadOnlyCollection<string>> runs, int sampleCount) => throw new NotSupportedException();

        public void Check(RunSample sample, IReadOnlyCollection<string> finiteInputs) => throw new NotSupportedException();

        public ModelRun Run(RunSample sample, CancellationToken cancellationToken = default)
        {
            if (Runs++ == FailsAt)
            {
                throw new ModelRunException("It stops here.");
            }

            var outputs = new OrderedDictionary { ["y"] = new MultiArray(new float[10], [10]) };
            return new ModelRun { ModelPath = Path, Sample = sample.Name, IsRandom = false, Outputs = outputs, Elapsed = TimeSpan.Zero };
        }

        public void Dispose() => Disposed++;
    }
}
