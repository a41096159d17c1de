using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Inspection;

/// <summary>Says what a model is, from its structure.</summary>
internal static class ModelDescriber
{
    /// <summary>Describes an open model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="weights">Its weights.</param>
    public static CoreMLModel Describe(ModelFile file, IReadOnlyList<WeightSite> weights) => Describe(file, weights.Count, WeightSites.Distinct(weights), DuplicateSize(file));

    /// <summary>Describes an open model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="weights">Number of its weights.</param>
    /// <param name="distinct">One of those that share their data.</param>
    /// <param name="duplicateSize">Bytes of its equal blobs, the first of each not counted; finding them takes reading them.</param>
    public static CoreMLModel Describe(ModelFile file, int weights, IReadOnlyList<WeightSite> distinct, long duplicateSize)
    {
        Schema.Model model = file.Specification;
        Schema.ModelDescription description = model.Description ?? new Schema.ModelDescription();
        Schema.FunctionDescription? function = description.Functions.FirstOrDefault(candidate => candidate.Name == description.DefaultFunctionName)
            ?? description.Functions.FirstOrDefault();
        Schema.Metadata metadata = description.Metadata ?? new Schema.Metadata();
        IReadOnlyList<ModelFunction> functions = FunctionsOf(model);
        return new CoreMLModel
        {
            Path = file.Path,
            Format = ModelFormats.Of(model).ToString(),
            FollowsLinks = file.Container.FollowsLinks,
            ModelType = TypeNameOf(model),
            IsPackage = file.IsPackage,
            IsCompiled = file.IsCompiled,
            SpecificationVersion = model.SpecificationVersion,
            Opset = HighestOpset(model),
            RequiredVersion = RequiredVersion.Of(model),
            Precision = PrecisionOf(distinct),
            Compression = CompressionOf(distinct),
            Size = file.Container.Length,
            WeightSize = distinct.Sum(weight => weight.ByteCount),
            DuplicateWeightSize = duplicateSize,
            ParameterCount = distinct.Sum(weight => weight.ElementCount),
            Weights = weights,
            Inputs = FeatureDescriber.Describe(function?.Input ?? description.Input),
            Outputs = FeatureDescriber.Describe(function?.Output ?? description.Output),
            States = FeatureDescriber.Describe(function?.State ?? description.State),
            Functions = functions,
            Stages = PipelineStages.PipelineOf(model) is null
                ? []
                : PipelineStages.Of(model).Select(stage => $"{stage.Name}: {TypeNameOf(stage.Model)}").ToArray(),
            Description = metadata.ShortDescription,
            Author = metadata.Author,
            License = metadata.License,
            Version = metadata.VersionString,
            Metadata = metadata.UserDefined.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
            IsUpdatable = model.IsUpdatable,
        };
    }

    private static long DuplicateSize(ModelFile file) => MilValues.BlobReferences(file.Specification)
        .GroupBy(value => file.WeightFile(value.BlobFileValue.FileName))
        .Sum(references => EqualBlobs.Find(references.Key, references.Select(value => value.BlobFileValue.Offset)).Keys.Sum(offset => references.Key.ReadRecord(offset, null).Length));

    private static string TypeNameOf(Schema.Model model) => MessageShape.Model.FieldName((int)model.TypeCase);

    private static string HighestOpset(Schema.Model model)
    {
        int highest = PipelineStages.Of(model)
            .Where(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram)
            .SelectMany(stage => stage.Model.MlProgram.Functions.Values)
            .Select(function => Platform.OpsetNumber(function.Opset))
            .DefaultIfEmpty(0)
            .Max();
        return highest == 0 ? string.Empty : Platform.OpsetName(highest);
    }

    private static IReadOnlyList<ModelFunction> FunctionsOf(Schema.Model model) => model.TypeCase != Schema.Model.TypeOneofCase.MlProgram
        ? []
        : model.MlProgram.Functions.Select(function =>
        {
            Schema.FunctionDescription? own = model.Description?.Functions.FirstOrDefault(candidate => candidate.Name == function.Key);
            return new ModelFunction(
                function.Key,
                function.Value.Opset,
                function.Value.BlockSpecializations.TryGetValue(function.Value.Opset, out Schema.Block? body) ? CountOperations(body) : 0,
                FeatureDescriber.Describe(own?.Input ?? model.Description?.Input ?? []),
                FeatureDescriber.Describe(own?.Output ?? model.Description?.Output ?? []),
                FeatureDescriber.Describe(own?.State ?? model.Description?.State ?? []));
        }).ToArray();

    private static int CountOperations(Schema.Block block) => block.Operations
        .Sum(operation => (operation.Type == "const" ? 0 : 1) + operation.Blocks.Sum(CountOperations));

    private static string PrecisionOf(IReadOnlyCollection<WeightSite> weights)
    {
        // Integer constants are indices and the like; precision is about the floating-point weights.
        var shares = weights
            .Where(weight => weight.ElementType is ElementType.Float32 or ElementType.Float16 or ElementType.Float64 or ElementType.BFloat16)
            .GroupBy(weight => weight.ElementType)
            .Select(group => (Type: group.Key, Elements: group.Sum(weight => weight.ElementCount)))
            .OrderByDescending(share => share.Elements)
            .ToArray();
        long total = shares.Sum(share => share.Elements);
        // A few small constants of another type (an epsilon table, a bias) do not make a model mixed.
        return total == 0 ? "None" : shares[0].Elements >= 0.99 * total ? shares[0].Type.ToString() : "Mixed";
    }

    private static string CompressionOf(IReadOnlyCollection<WeightSite> weights)
    {
        string[] encodings = weights
            .Where(weight => weight.Encoding is not (WeightEncoding.Plain or WeightEncoding.Broken))
            .Select(weight => weight.Encoding == WeightEncoding.Sparse || weight.Encoding == WeightEncoding.Cast
                ? weight.Encoding.ToString()
                : string.Format(CultureInfo.InvariantCulture, "{0} {1}-bit", weight.Encoding, weight.StorageType.BitWidth()))
            .Distinct()
            .ToArray();
        return encodings.Length switch
        {
            0 => "None",
            1 => encodings[0],
            _ => "Mixed",
        };
    }
}
