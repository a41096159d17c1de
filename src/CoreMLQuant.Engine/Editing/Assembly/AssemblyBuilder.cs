using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Assembly;

/// <summary>
/// Makes new models of the messages of open ones. Messages that were taken over can be moved, cloned and combined as one likes: every
/// reference to a weight carries the source that it is of, and big fields are in one table for all sources.
/// </summary>
internal sealed class AssemblyBuilder
{
    private const char AfterSource = ':';

    private readonly List<ModelFile> _sources = [];
    private readonly DetachedPayloads _payloads = new();

    /// <summary>Takes over the messages of a model.</summary>
    public Schema.Model Take(ModelFile source, CancellationToken cancellationToken)
    {
        source.Container.NoteState(cancellationToken);
        string prefix = _sources.Count.ToString(CultureInfo.InvariantCulture) + AfterSource;
        _sources.Add(source);
        Schema.Model model = TokenShift.Apply(source.TakeSpecification(), _payloads.Append(source.Payloads));
        foreach (Schema.Value value in MilValues.BlobReferences(model))
        {
            value.BlobFileValue.FileName = prefix + value.BlobFileValue.FileName;
        }

        return model;
    }

    /// <summary>The blob that a value refers to.</summary>
    /// <exception cref="Errors.CoreMLFormatException">The weight file is missing or is none.</exception>
    public BlobReference BlobOf(Schema.Value value)
    {
        string name = value.BlobFileValue.FileName;
        int end = name.IndexOf(AfterSource);
        ModelFile source = _sources[int.Parse(name.Substring(0, end), CultureInfo.InvariantCulture)];
        return new BlobReference(source.WeightFile(name.Substring(end + 1)), value.BlobFileValue.Offset);
    }

    /// <summary>Lays out a new model: a package as soon as there is a program in it, otherwise a single file.</summary>
    /// <param name="model">Its messages.</param>
    /// <param name="action">What is done, as it is told before it is.</param>
    /// <param name="fileSuffix">What is put behind the first source's name to name the output.</param>
    /// <param name="mergesEqual">Whether equal weights of a program are stored once.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight cannot be found, or the specification would be too long.</exception>
    public AssemblyPlan Build(Schema.Model model, string action, string fileSuffix, bool mergesEqual = false)
    {
        PipelineStage[] programs = PipelineStages.Of(model).Where(stage => stage.Model.TypeCase == Schema.Model.TypeOneofCase.MlProgram).ToArray();
        bool isPackage = programs.Length > 0;
        var files = new List<(string RelativePath, FileLayout Layout)>();
        long shared = 0;
        for (int i = 0; i < programs.Length; i++)
        {
            // The stages of a pipeline have files of their own, named as coremltools names them.
            string name = ReferenceEquals(programs[i].Model, model) ? "weight.bin" : FormattableString.Invariant($"{i}-weight.bin");
            (FileLayout? layout, long saved) = StageWeights.LayOut(programs[i].Model, name, BlobOf, mergesEqual);
            shared += saved;
            if (layout is not null)
            {
                files.Add((NewPackage.WeightFolder + "/" + name, layout));
            }
        }

        bool hasWeights = files.Count > 0;
        FileLayout specification = SpecificationWriter.Layout(model, _payloads);
        SpecificationReader.CheckLength(_sources[0].Container.SpecificationPath, specification.Length, "would be");
        files.Insert(0, (isPackage ? NewPackage.Specification : string.Empty, specification));
        if (isPackage)
        {
            files.Add((PackageManifest.FileName, FileLayout.Of(new LiteralPart(NewPackage.Manifest(hasWeights)))));
        }

        Schema.ModelDescription description = model.Description ?? new Schema.ModelDescription();
        Schema.FunctionDescription? function = description.Functions.FirstOrDefault(one => one.Name == description.DefaultFunctionName);
        return new AssemblyPlan
        {
            SourcePaths = _sources.Select(source => source.Path).ToArray(),
            Action = action,
            FileSuffix = fileSuffix,
            Format = ModelFormats.Of(model),
            SpecificationVersion = model.SpecificationVersion,
            RequiredVersion = RequiredVersion.Of(model),
            SizeBefore = _sources.Sum(source => source.Container.Length),
            SharedSize = shared,
            Inputs = FeatureDescriber.Describe(function?.Input ?? description.Input),
            Outputs = FeatureDescriber.Describe(function?.Output ?? description.Output),
            Output = new OutputModel(isPackage, files, isPackage ? NewPackage.Folders(hasWeights) : []),
            Specification = isPackage ? NewPackage.Specification : string.Empty,
            Sources = _sources,
        };
    }
}
