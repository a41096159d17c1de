using System.Linq;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Interfaces;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;
using KernelCase = CoreMLQuant.Specification.Schema.Details.KernelDetails.KernelOneofCase;
using LabelsCase = CoreMLQuant.Specification.Schema.Details.SvmClassifierDetails.ClassLabelsOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for support vector machines.</summary>
internal static class SupportVectorMachines
{
    private const string NoVectors = "there are no support vectors; they are sparse or dense.";

    /// <summary>Checks a regressor.</summary>
    public static void CheckRegressor(StageContext stage)
    {
        stage.Inputs(null, FeatureCase.DoubleType, FeatureCase.Int64Type, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.SupportVectorRegressor, SvmRegressorDetails.Parser) is not { } model)
        {
            return;
        }

        CheckKernel(stage, model.Kernel);
        int? vectors = model.SparseSupportVectors?.Vectors.Count ?? model.DenseSupportVectors?.Vectors.Count;
        int coefficients = model.Coefficients?.Alpha.Count ?? 0;
        stage.Require(
            (vectors is not null, NoVectors),
            (vectors is null || coefficients == vectors, $"there are {coefficients} coefficients for {vectors} support vectors; there is one for each."));
    }

    /// <summary>Checks a classifier.</summary>
    public static void CheckClassifier(StageContext stage)
    {
        stage.Inputs(null, FeatureCase.DoubleType, FeatureCase.Int64Type, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.SupportVectorClassifier, SvmClassifierDetails.Parser) is not { } model)
        {
            return;
        }

        int classes = model.StringClassLabels?.Vector.Count ?? model.Int64ClassLabels?.Vector.Count ?? 0;
        var labels = new ClassLabels(model.ClassLabelsCase != LabelsCase.None, model.ClassLabelsCase == LabelsCase.Int64ClassLabels, classes);
        PredictionRules.CheckClassifier(stage.Description, labels, false, stage.Place, stage.Findings);
        CheckKernel(stage, model.Kernel);
        int? vectors = model.SparseSupportVectors?.Vectors.Count ?? model.DenseSupportVectors?.Vectors.Count;
        int pairs = classes * (classes - 1) / 2;
        long ofClasses = model.NumberOfSupportVectorsPerClass.Sum(number => (long)number);
        stage.Require(
            (model.Coefficients.Count == classes - 1, $"there are {model.Coefficients.Count} lists of coefficients; {classes} classes have {classes - 1}."),
            (vectors is not null, NoVectors),
            (model.NumberOfSupportVectorsPerClass.Count == classes, $"'numberOfSupportVectorsPerClass' has {model.NumberOfSupportVectorsPerClass.Count} entries for {classes} classes."),
            (vectors is null || ofClasses == vectors, $"the classes have {ofClasses} support vectors together; there are {vectors}."),
            (vectors is null || model.Coefficients.All(list => list.Alpha.Count == vectors), $"a list of coefficients has another length than there are support vectors ({vectors})."),
            (model.ProbA.Count == model.ProbB.Count, $"'probA' has {model.ProbA.Count} entries and 'probB' {model.ProbB.Count}; they have as many."),
            (model.ProbA.Count == 0 || model.ProbA.Count == pairs, $"'probA' has {model.ProbA.Count} entries; {classes} classes make {pairs} pairs."));
    }

    private static void CheckKernel(StageContext stage, KernelDetails? kernel) => stage.Require(
        (kernel is { KernelCase: not KernelCase.None }, "the kernel is not set, or is none that is known."),
        (!(kernel?.PolyKernel?.Degree < 0), "the kernel's degree is negative."),
        (!(kernel?.PolyKernel?.Gamma < 0) && !(kernel?.RbfKernel?.Gamma < 0) && !(kernel?.SigmoidKernel?.Gamma < 0), "the kernel's gamma is negative."));
}
