using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Planning;

/// <summary>Puts the files of an output together: what is written anew, copies, and what its form adds.</summary>
internal static class PlannedFiles
{
    /// <summary>The form of what is made from a source: its own, or a package.</summary>
    /// <param name="source">The source.</param>
    /// <param name="becomesPackage">Whether a single file becomes a package; a compiled model does in any case.</param>
    /// <param name="references">The weight files that its specification refers to, as it calls them.</param>
    public static OutputForm FormOf(ModelFile source, bool becomesPackage, IEnumerable<string> references) => source.IsCompiled || becomesPackage
        ? PackageForm.Of(source.Container, references.Select(reference => source.WeightFile(reference).RelativePath))
        : OutputForm.Same(source.Container);

    /// <summary>Calls weight files that move by their new names; the last thing before a specification is laid out.</summary>
    /// <param name="source">The source, whose names the specification uses.</param>
    /// <param name="specification">The specification.</param>
    /// <param name="form">The form.</param>
    public static void Rename(ModelFile source, Schema.Model specification, OutputForm form)
    {
        foreach (Schema.Value value in form.References.Count == 0 ? [] : MilValues.BlobReferences(specification))
        {
            value.BlobFileValue.FileName = form.References[source.WeightFile(value.BlobFileValue.FileName).RelativePath];
        }
    }

    /// <summary>The files.</summary>
    /// <param name="source">The source.</param>
    /// <param name="form">The form.</param>
    /// <param name="rewritten">What is not copied, by relative path in the source.</param>
    public static OutputModel Of(ModelContainer source, OutputForm form, IReadOnlyDictionary<string, FileLayout> rewritten)
    {
        Dictionary<string, long> lengths = source.Files.ToDictionary(file => file.Path, file => file.Length);
        FileLayout LayoutOf(OutputEntry file) => file.Content is not null ? FileLayout.Of(new LiteralPart(file.Content))
            : rewritten.TryGetValue(file.Source, out FileLayout? layout) ? layout
            : FileLayout.Of(new CopiedPart(new WholeFileData(source.FullPath(file.Source), lengths[file.Source])));
        return new OutputModel(form.IsPackage, form.Files.Select(file => (file.Path, LayoutOf(file))).ToArray(), form.Folders);
    }
}
