using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Plans;

/// <summary>
/// Collects what the editors of names, descriptions and types decide: a copy of the specification that they edit, and a change for each edit.
/// Weights are not touched: those inside the specification are copied from the source, and so is every other file.
/// </summary>
internal sealed class EditBuilder
{
    private readonly List<ModelChange> _changes = [];
    private readonly List<string> _notes = [];
    private readonly int _versionBefore;
    private readonly int _requiredBefore;

    public EditBuilder(ModelFile source)
    {
        Source = source;
        _versionBefore = source.Specification.SpecificationVersion;
        _requiredBefore = RequiredVersion.Of(source.Specification);
        Specification = source.TakeSpecification();
        Details = new DetailEditor(source.Payloads);
    }

    /// <summary>The model as it is.</summary>
    public ModelFile Source { get; }

    /// <summary>The specification as it will be.</summary>
    public Schema.Model Specification { get; }

    /// <summary>Edits the parts that the specification keeps as bytes.</summary>
    public DetailEditor Details { get; }

    /// <summary>Where a stage's changes are.</summary>
    public static string PlaceOf(PipelineStage stage) => stage.Name.Length == 0 ? string.Empty : $"stage {stage.Name}";

    /// <summary>Where the changes of a part of a stage are.</summary>
    public static string PlaceOf(PipelineStage stage, string part) => string.Join(", ", new[] { PlaceOf(stage), part }.Where(text => text.Length > 0));

    /// <summary>Records a change.</summary>
    public void Add(string what, string where, string from, string to) => _changes.Add(new ModelChange(what, where, from, to));

    /// <summary>Records something that the reader should know; the same words only once.</summary>
    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    /// <summary>Raises a stage, and the pipelines around it, to the version that an edit needs.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="version">The least version that has what is written.</param>
    /// <param name="because">What needs it, e.g. <c>a Float16 array</c>.</param>
    public void Require(Schema.Model stage, int version, string because)
    {
        foreach (PipelineStage model in PipelineStages.All(Specification).Where(one => one.Model.SpecificationVersion < version && Holds(one.Model, stage)))
        {
            Add("specification version", PlaceOf(model), Text(model.Model.SpecificationVersion), Text(version));
            Note($"{because} needs specification version {Text(version)} ({Platform.RequiredOS(version)})");
            model.Model.SpecificationVersion = version;
        }
    }

    /// <summary>Lays everything out.</summary>
    public EditPlan Build()
    {
        ModelContainer container = Source.Container;
        OutputForm form = PlannedFiles.FormOf(Source, becomesPackage: false, MilValues.BlobReferences(Specification).Select(value => value.BlobFileValue.FileName).Distinct().ToArray());
        PlannedFiles.Rename(Source, Specification, form);
        FileLayout specification = SpecificationWriter.Layout(Specification, Source.Payloads);
        SpecificationReader.CheckLength(container.SpecificationPath, specification.Length, "would be");

        // What does not change is copied byte for byte; a compiled model has no specification to copy.
        bool isChanged = _changes.Count > 0;
        var rewritten = new Dictionary<string, FileLayout>();
        if (isChanged || Source.IsCompiled)
        {
            rewritten.Add(container.Specification, specification);
        }

        OutputModel output = PlannedFiles.Of(container, form, rewritten);
        return new EditPlan
        {
            SourcePath = Source.Path,
            Format = ModelFormats.Of(Specification),
            Changes = _changes,
            SpecificationVersionBefore = _versionBefore,
            SpecificationVersionAfter = Specification.SpecificationVersion,
            RequiredVersionBefore = _requiredBefore,
            RequiredVersionAfter = RequiredVersion.Of(Specification),
            SizeBefore = container.Length,
            SizeAfter = output.Length,
            Notes = isChanged ? _notes : [.. _notes, EditPlan.NothingToChange],
            Output = output,
            Form = form,
        };
    }

    private static bool Holds(Schema.Model model, Schema.Model stage) => PipelineStages.AllModels(model).Any(one => ReferenceEquals(one, stage));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
