using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Onnx.Stages;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Features;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A stage without a network: its arithmetic on the features of the pipeline.</summary>
/// <param name="path">The model, for errors.</param>
/// <param name="stage">The arithmetic.</param>
internal sealed class ArithmeticStage(string path, ComputedStage stage) : IModelStage
{
    /// <inheritdoc/>
    public IReadOnlyList<IntermediateValue> IntermediateValues => [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> ReplaceableWeights => [];

    /// <inheritdoc/>
    public void ReplaceWeight(string name, float[]? values) => throw new ArgumentException($"There is no weight '{name}' that can be replaced.", nameof(name));

    /// <inheritdoc/>
    public void Run(IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate, CancellationToken cancellationToken)
    {
        Dictionary<string, object> given = values.ToDictionary(pair => pair.Key, pair => ToStage(pair.Value), StringComparer.Ordinal);
        var computed = new Dictionary<string, object>(given, StringComparer.Ordinal);
        try
        {
            stage.Run(computed);
        }
        catch (StageException e)
        {
            throw new ModelRunException($"'{path}': {e.Message}", e);
        }

        foreach (KeyValuePair<string, object> pair in computed.Where(pair => !given.TryGetValue(pair.Key, out object? before) || !ReferenceEquals(before, pair.Value)))
        {
            values[pair.Key] = FromStage(pair.Value);
        }
    }

    /// <inheritdoc/>
    public void ResetStates()
    {
        // Arithmetic has none.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open.
    }

    private static object ToStage(object value) => value switch
    {
        MultiArray array => new StageArray(ArrayConversion.ToDouble(array.Values), array.Shape),
        ClassProbabilities classes => classes.Labels.Zip(classes.Values).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
        _ => value,
    };

    private static object FromStage(object value) => value switch
    {
        StageArray array => new MultiArray(array.Values, array.Shape),
        IReadOnlyDictionary<string, double> classes => new ClassProbabilities(classes.Keys.ToArray(), classes.Values.ToArray()),
        _ => value,
    };
}
