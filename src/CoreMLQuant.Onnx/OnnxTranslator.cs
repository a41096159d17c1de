using System;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Networks;
using CoreMLQuant.Onnx.Programs;
using CoreMLQuant.Onnx.Stages;
using CoreMLSchema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx;

/// <summary>Translates Core ML models to ONNX graphs. Reads the structure and the small constants; no weight is read or decoded.</summary>
public static class OnnxTranslator
{
    /// <summary>Translates a model.</summary>
    /// <param name="file">The model; open for as long as the translation's weights are wanted.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops translating.</param>
    /// <exception cref="NotRunnableException">Operations of the model have no translation; it names all of them.</exception>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    /// <exception cref="ArgumentException">The model has no such function, or the opset is none that translations are written in.</exception>
    public static OnnxTranslation Translate(ModelFile file, TranslationOptions? options = null, CancellationToken cancellationToken = default)
    {
        (OnnxTranslation? translation, RunnabilityReport report) = Try(file, file.Specification, options ?? new TranslationOptions(), cancellationToken);
        return translation ?? throw new NotRunnableException(file.Path, report);
    }

    /// <summary>Tells whether a model, or every stage of a pipeline, can be translated, and what of it cannot.</summary>
    /// <param name="file">The model.</param>
    /// <param name="options">How it would be translated; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="CoreMLFormatException">The model breaks a rule of the format.</exception>
    public static RunnabilityReport Check(ModelFile file, TranslationOptions? options = null, CancellationToken cancellationToken = default) => new(
        PipelineStages.Of(file.Specification).SelectMany(stage => TryStage(file, stage, options ?? new TranslationOptions(), cancellationToken).NotRunnable).ToArray());

    /// <summary>Prepares one stage of a pipeline, or the model itself: by arithmetic where its kind needs no graph, by a translation otherwise.</summary>
    internal static PreparedStage TryStage(ModelFile file, PipelineStage stage, TranslationOptions options, CancellationToken cancellationToken)
    {
        (ComputedStage? computed, string? refusal) = ComputedStages.Find(file, stage.Model);
        if (computed is not null)
        {
            return new PreparedStage(computed, null, []);
        }

        (OnnxTranslation? translation, RunnabilityReport report) = refusal is null
            ? Try(file, stage.Model, options, cancellationToken)
            : (null, new RunnabilityReport([new NotRunnableOperation(string.Empty, stage.Model.TypeCase.ToString(), "the model", refusal)]));
        return new PreparedStage(null, translation, stage.Name.Length == 0
            ? report.NotRunnable
            : report.NotRunnable.Select(operation => operation with { Place = $"{operation.Place} of stage '{stage.Name}'" }).ToArray());
    }

    /// <summary>Translates one stage of a pipeline, or the model itself.</summary>
    internal static (OnnxTranslation? Translation, RunnabilityReport Report) Try(
        ModelFile file, CoreMLSchema.Model stage, TranslationOptions options, CancellationToken cancellationToken)
    {
        if (options.Opset is < TranslationOptions.OldestOpset or > TranslationOptions.NewestOpset)
        {
            throw new ArgumentException(
                $"Opset {options.Opset} is none that translations are written in; those are {TranslationOptions.OldestOpset} to {TranslationOptions.NewestOpset}.",
                nameof(options));
        }

        return stage.TypeCase switch
        {
            CoreMLSchema.Model.TypeOneofCase.MlProgram => ProgramTranslator.Translate(file, stage, options, cancellationToken),
            CoreMLSchema.Model.TypeOneofCase.NeuralNetwork or CoreMLSchema.Model.TypeOneofCase.NeuralNetworkClassifier or CoreMLSchema.Model.TypeOneofCase.NeuralNetworkRegressor
                => NetworkTranslator.Translate(file, stage, options, cancellationToken),
            CoreMLSchema.Model.TypeOneofCase.Pipeline or CoreMLSchema.Model.TypeOneofCase.PipelineClassifier or CoreMLSchema.Model.TypeOneofCase.PipelineRegressor
                => (null, new RunnabilityReport([
                    new NotRunnableOperation(string.Empty, stage.TypeCase.ToString(), "the model", "it is a pipeline, whose stages are models of their own; no one graph holds them."),
                ])),
            _ => (null, new RunnabilityReport([
                new NotRunnableOperation(string.Empty, stage.TypeCase.ToString(), "the model", "models of this kind have no translation to ONNX."),
            ])),
        };
    }
}
