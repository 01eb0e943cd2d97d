// Runs in Rhino, the JavaScript that veraPDF itself judges by: one line of JSON for each file and each standard.
/* global Packages, arguments, java, print */

const { Foundries, flavours, results } = Packages.org.verapdf.pdfa;
const STANDARDS = java.util.Arrays.asList(flavours.PDFAFlavour.PDFA_3_A, flavours.PDFAFlavour.PDFUA_1);
const FILES = arguments;

// Both standards in one walk through the file, which takes a quarter less.
function verdicts(file) {
  const foundry = Foundries.defaultInstance();
  const parser = foundry.createParser(new java.io.File(file), STANDARDS.get(0));
  try {
    return Array.from(foundry.createValidator(STANDARDS).validateAll(parser).toArray()).map((judged) => ({
      file,
      standard: String(judged.getPDFAFlavour().getId()),
      holds: judged.isCompliant(),
      broken: Array.from(judged.getTestAssertions().toArray())
        .filter((assertion) => assertion.getStatus() === results.TestAssertion.Status.FAILED)
        .map((assertion) => `${assertion.getRuleId().getClause()} ${assertion.getMessage()}`),
    }));
  } finally {
    parser.close();
  }
}

Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
FILES.forEach((file) => verdicts(file).forEach((verdict) => print(JSON.stringify(verdict))));
