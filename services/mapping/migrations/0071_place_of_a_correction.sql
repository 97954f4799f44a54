-- Which column of the file was corrected, from 0, so that what a check sees of bank data there is masked here, too.
ALTER TABLE correction ADD COLUMN place int;
