using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Opens the stages of a model: one, or those of a pipeline.</summary>
internal static class ModelStages
{
    /// <summary>Opens all stages, or none.</summary>
    /// <exception cref="ModelNotRunnableException">An operation has no translation, or a stage is of a kind that cannot be run.</exception>
    /// <exception cref="ModelRunException">ONNX Runtime refuses a stage.</exception>
    public static IReadOnlyList<IModelStage> Open(ModelFile file, RunSettings settings, CancellationToken cancellationToken)
    {
        TranslationOptions options = Options(settings);

        // All are translated before the first is opened: what cannot be run is told without decoding a weight.
        PipelineStage[] pipeline = PipelineStages.Of(file.Specification).ToArray();
        PreparedStage[] prepared = pipeline.Select(stage => OnnxTranslator.TryStage(file, stage, options, cancellationToken)).ToArray();
        NotRunnableOperation[] refused = prepared.SelectMany(stage => stage.NotRunnable).ToArray();
        if (refused.Length > 0)
        {
            var error = new NotRunnableException(file.Path, new RunnabilityReport(refused));
            throw new ModelNotRunnableException(error.Message, error);
        }

        StageTapNames[] names = StageTapNames.Of([.. pipeline.Zip(prepared, (stage, one) => (stage.Name, one.Translation))]);
        var stages = new List<IModelStage>();
        try
        {
            stages.AddRange(prepared.Select((stage, i) => stage.Computed is { } computed
                ? (IModelStage)new ArithmeticStage(file.Path, computed)
                : new NetworkStage(file.Path, stage.Translation!, settings, names[i], cancellationToken)));
            return stages;
        }
        catch
        {
            stages.ForEach(stage => stage.Dispose());
            throw;
        }
    }

    /// <summary>The one stage of an ONNX file, which has the inputs and outputs of the model's translation.</summary>
    /// <exception cref="NotRunnableException">The model has no translation.</exception>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the file.</exception>
    public static IReadOnlyList<IModelStage> OpenOnnx(string onnxPath, ModelFile file, RunSettings settings, CancellationToken cancellationToken) =>
        [new NetworkStage(onnxPath, OnnxTranslator.Translate(file, Options(settings), cancellationToken), settings, options => new InferenceSession(onnxPath, options), cancellationToken)];

    private static TranslationOptions Options(RunSettings settings) => new()
    {
        Function = settings.Function,
        Arithmetic = settings.Arithmetic,
        HasHiddenStates = settings.HasInnerValues,
        NestedValues = settings.HasInnerValues ? settings.IntermediateValues : null,
    };
}
